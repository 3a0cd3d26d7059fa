package door

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Each does n jobs, as many at once as there are processors, and stops at the end of ctx or at an
// error.
func Each(ctx context.Context, n int, job func(i int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := job(i); err != nil {
					stop(err)
				}
			}
		})
	}
	wait.Wait()
	if ctx.Err() == nil {
		return nil
	}
	return context.Cause(ctx)
}
