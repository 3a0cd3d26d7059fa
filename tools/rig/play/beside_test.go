package play_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"tellijn/tools/rig/play"
)

// TestBeside has every number come once, never more at a time than asked for, and really as many.
func TestBeside(t *testing.T) {
	for _, jobs := range []int{0, 1, 2, 3, 9} {
		var mu sync.Mutex
		var began []int
		now, most := 0, 0
		full := make(chan struct{}) // closed once as many run as may
		play.Beside(jobs, 7, func(i int) bool {
			mu.Lock()
			began = append(began, i)
			now++
			if most = max(most, now); now == min(max(jobs, 1), 7) && len(began) <= 7 {
				select {
				case <-full:
				default:
					close(full)
				}
			}
			mu.Unlock()
			<-full
			mu.Lock()
			now--
			mu.Unlock()
			return true
		})
		if jobs < 2 && !slices.IsSorted(began) {
			t.Errorf("%d at a time: began as %v", jobs, began)
		}
		slices.Sort(began)
		if !slices.Equal(began, []int{0, 1, 2, 3, 4, 5, 6}) || most != min(max(jobs, 1), 7) {
			t.Errorf("%d at a time: %v, at most %d", jobs, began, most)
		}
	}
	n := 0
	play.Beside(1, 5, func(i int) bool { n++; return i < 2 })
	play.Beside(1, 0, func(int) bool { n++; return true })
	var begun atomic.Int32
	held := make(chan struct{})
	play.Beside(2, 9, func(i int) bool { // the first is held until the second wants no more
		begun.Add(1)
		if i == 1 {
			close(held)
			return false
		}
		<-held
		return true
	})
	if got := begun.Load(); got > 3 { // the first may look before it hears of that
		t.Errorf("%d were begun after one wanted no more", got)
	}
	if n != 3 {
		t.Errorf("%d were begun, want 3", n)
	}
}
