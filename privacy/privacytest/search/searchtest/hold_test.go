package searchtest

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// TestHold: memory is overwritten before the wait, which ends when it is told to.
func TestHold(t *testing.T) {
	if !Has {
		t.Skip("no such instructions for this machine")
	}
	a, b := [16]byte{1, 15: 2}, [8]byte{3, 7: 4}
	for _, hold := range []func(*uint32){func(s *uint32) { Vector(&a, s) }, func(s *uint32) { General(&b, s) }} {
		var state uint32
		done := make(chan bool)
		go func() {
			hold(&state)
			close(done)
		}()
		for atomic.LoadUint32(&state) != 1 {
			runtime.Gosched()
		}
		select {
		case <-done:
			t.Error("it did not wait")
		default:
		}
		atomic.StoreUint32(&state, 2)
		<-done
	}
	if a != [16]byte{} || b != [8]byte{} {
		t.Errorf("left % x and % x", a, b)
	}
}
