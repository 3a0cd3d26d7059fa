package play

import (
	"sync"
	"sync/atomic"
)

// Beside calls do with 0 to n-1, begun in this order, at most jobs of them at the same time. When one returns false, what
// has begun ends and no other begins. It returns when all have ended.
func Beside(jobs, n int, do func(i int) bool) {
	var next atomic.Int64
	var stop atomic.Bool
	var all sync.WaitGroup
	for range min(max(jobs, 1), n) {
		all.Go(func() {
			for !stop.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if !do(i) {
					stop.Store(true)
				}
			}
		})
	}
	all.Wait()
}
