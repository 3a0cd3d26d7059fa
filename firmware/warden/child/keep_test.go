package child

import (
	"errors"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/warden/talk"
)

// kept runs keep until it has waited so often, each life being this long, and gives how long it waited and
// what it told.
func kept(t *testing.T, n talk.Program, lives ...time.Duration) (waits []time.Duration, told []Kept) {
	t.Helper()
	var now atomic.Int64
	clock := func() time.Time { return time.Unix(0, now.Load()) }
	full := make(chan struct{})
	go keep(port, Program{Number: n}, func(k Kept) {
		told = append(told, k)
		if k.Ended || k.Err != nil {
			now.Add(int64(lives[len(waits)]))
		}
	}, clock, func(d time.Duration) <-chan time.Time {
		waits = append(waits, d)
		if len(waits) == len(lives) {
			close(full) // and it waits for good
			return nil
		}
		c := make(chan time.Time, 1)
		c <- time.Time{}
		return c
	})
	select {
	case <-full:
	case <-time.After(20 * time.Second):
		t.Fatal("it was not started often enough")
	}
	return waits, told
}

// TestKeep has a program that ends at once, and after a long life.
func TestKeep(t *testing.T) {
	const s = time.Second
	waits, told := kept(t, talk.Eye, 0, 0, 0, 0, 0, 0, 0, 0, steady, 0)
	if want := []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 60 * s, 60 * s, s, 2 * s}; !slices.Equal(waits, want) {
		t.Errorf("waits %v, want %v", waits, want)
	}
	if len(told) != 2*len(waits) {
		t.Fatalf("told %d times, want a begin and an end each", len(told))
	}
	for i, k := range told {
		if k.Ended != (i%2 == 1) || k.Err != nil || k.Child == nil || k.Child.Code() != 0 {
			t.Errorf("%d: %+v", i, k)
		}
	}
}

// TestKeepWithoutProgram has one that is not there, and does not stop trying.
func TestKeepWithoutProgram(t *testing.T) {
	waits, told := kept(t, talk.Dialer, 0, 0, 0)
	if len(waits) != 3 || len(told) != 3 {
		t.Fatalf("waits %v, told %v", waits, told)
	}
	for _, k := range told {
		if !errors.Is(k.Err, syscall.ENOENT) || k.Child != nil || k.Ended {
			t.Errorf("%+v", k)
		}
	}
}

// TestStartsAtOnce has two goroutines start programs: each gets the answer to its own.
func TestStartsAtOnce(t *testing.T) {
	done, enough := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-enough:
				return
			default:
			}
			if _, err := Start(port, Program{Number: talk.Dialer}); !errors.Is(err, syscall.ENOENT) {
				done <- err
				return
			}
		}
	}()
	for range 20 {
		c, err := Start(port, Program{Number: talk.Eye})
		if err != nil {
			t.Errorf("a program that is there: %v", err)
			break
		}
		wait(t, c)
	}
	close(enough)
	if err, ok := <-done; ok {
		t.Errorf("a program that is not there: %v", err)
	}
}
