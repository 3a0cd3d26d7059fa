package alarm

import (
	"errors"
	"os"
	"testing"
	"time"

	"tellijn/hal"
)

// pair makes both ends, the eye's on a descriptor of its own as it would be handed down.
func pair(t *testing.T) (*Alarm, *Hand) {
	t.Helper()
	a, err := New()
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	raw, err := a.File().SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	fd := -1
	raw.Control(func(f uintptr) { fd = int(f) })
	h, err := At(fd)
	if err != nil {
		t.Fatal(err)
	}
	return a, h
}

// waited runs Wait aside.
func waited(a *Alarm) <-chan error {
	done := make(chan error, 1)
	go func() { done <- a.Wait() }()
	return done
}

func TestRunsOut(t *testing.T) {
	a, h := pair(t)
	done := waited(a)
	for range 2 { // it can be used again
		began := time.Now()
		if err := h.Arm(30 * time.Millisecond); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			if took := time.Since(began); err != nil || took < 30*time.Millisecond {
				t.Fatalf("after %v: %v", took, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("it does not run out")
		}
		done = waited(a)
	}
}

func TestStopped(t *testing.T) {
	a, h := pair(t)
	done := waited(a)
	for range 20 {
		if err := errors.Join(h.Arm(40*time.Millisecond), h.Disarm()); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-done:
		t.Fatalf("ran out although it was stopped: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	if err := h.Arm(-1); err != nil { // the least there is, not never
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestCloseEndsWait(t *testing.T) {
	a, _ := pair(t)
	done := waited(a)
	time.Sleep(20 * time.Millisecond)
	a.Close()
	if err := <-done; !errors.Is(err, os.ErrClosed) {
		t.Fatalf("%v, want os.ErrClosed", err)
	}
}

func TestNoAlarm(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, fd := range []int{int(null.Fd()), 9999} {
		if _, err := At(fd); !errors.Is(err, hal.ErrAbsent) {
			t.Errorf("descriptor %d: %v, want hal.ErrAbsent", fd, err)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	_, h := pair(t)
	if n := testing.AllocsPerRun(100, func() { h.Arm(time.Hour); h.Disarm() }); n != 0 {
		t.Fatalf("%v allocations, want 0", n)
	}
}
