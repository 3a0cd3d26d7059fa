package sweep

import (
	"errors"
	"sync"
	"sync/atomic"
)

// pool does n jobs, parallel at once, and tells done how many are ready. It stops at an error.
func pool(n, parallel int, job func(i int) error, done func(ready int)) error {
	var next, ready atomic.Int64
	var failed atomic.Bool
	errs := make([]error, n)
	var wait sync.WaitGroup
	for range max(1, parallel) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && !failed.Load(); i = int(next.Add(1)) - 1 {
				if errs[i] = job(i); errs[i] != nil {
					failed.Store(true)
				}
				done(int(ready.Add(1)))
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}
