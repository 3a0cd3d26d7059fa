package cameratest

import (
	"errors"
	"runtime/debug"
	"testing"

	"tellijn/hal/camera"
)

func isGone(err error) bool { return errors.Is(err, camera.ErrGone) }

// wiped: the whole buffer is zero after Return, slack included, whatever was done to f.Data. A
// buffer of the driver may be refilled at once, so there one clean look is enough: without a wipe
// there would be none.
func (c *checker) wiped() {
	c.t.Helper()
	s := c.open()
	defer s.Close()
	var f camera.Frame
	marked, clean, rounds := 0, 0, 12
	for i := range rounds {
		if !c.borrow(s, &f) {
			return
		}
		whole := f.Data[:cap(f.Data)]
		if !blank(whole) {
			marked++
		}
		if len(whole) > 0 {
			whole[0], whole[len(whole)-1] = 0xA5, 0x5A // slack too
		}
		switch i % 3 {
		case 1:
			f.Data = f.Data[:0]
		case 2:
			f.Data = nil
		}
		c.back(s, &f)
		if blank(whole) {
			clean++
		}
	}
	if marked == 0 {
		c.t.Error("the source lent only zeros: a wipe cannot be seen; give it frames with content")
	}
	if clean < rounds && !c.mapped || clean == 0 {
		c.t.Errorf("after Return the buffer still held something in %d of %d rounds", rounds-clean, rounds)
	}
}

// closed: twice is fine, and every call afterwards says so.
func (c *checker) closed() {
	c.t.Helper()
	s := c.open()
	var f camera.Frame
	if c.borrow(s, &f) {
		c.back(s, &f)
	}
	for i := range 2 {
		if err := s.Close(); err != nil {
			c.t.Errorf("Close, call %d: %v", i+1, err)
		}
	}
	for range 2 {
		if err := s.Borrow(&f); !errors.Is(err, camera.ErrClosed) {
			c.t.Errorf("Borrow after Close: %v, want camera.ErrClosed", err)
		}
		if _, err := s.Return(&f); !errors.Is(err, camera.ErrClosed) {
			c.t.Errorf("Return after Close: %v, want camera.ErrClosed", err)
		}
	}
}

// closedOnLoan: a frame that was out when the source closed is wiped and of no use. Its memory may be
// gone, which is as good.
func (c *checker) closedOnLoan() {
	c.t.Helper()
	s := c.open()
	var f camera.Frame
	if !c.borrow(s, &f) {
		s.Close()
		return
	}
	whole := f.Data[:cap(f.Data)]
	if len(whole) > 0 {
		whole[len(whole)-1] = 0xA5
	}
	if err := s.Close(); err != nil {
		c.t.Errorf("Close with a frame on loan: %v", err)
	}
	if !c.mapped && !gone(whole) && !blank(whole) {
		c.t.Error("Close left a lent frame unwiped")
	}
	if _, err := s.Return(&f); !errors.Is(err, camera.ErrClosed) {
		c.t.Errorf("Return after Close: %v, want camera.ErrClosed", err)
	}
	if f.Data != nil {
		c.t.Error("Return after Close left the frame pointing at the buffer")
	}
}

// allocations: none once the stream runs.
func (c *checker) allocations() {
	c.t.Helper()
	s := c.open()
	defer s.Close()
	var f camera.Frame
	if !c.borrow(s, &f) {
		return
	}
	c.back(s, &f)
	var failed error
	n := testing.AllocsPerRun(Least-4, func() {
		err := s.Borrow(&f)
		if err == nil {
			_, err = s.Return(&f)
		}
		if err != nil && !errors.Is(err, camera.ErrTimeout) {
			failed = err
		}
	})
	if failed != nil {
		c.t.Errorf("while looking at allocations: %v", failed)
	}
	if n != 0 {
		c.t.Errorf("%v allocations for each Borrow and Return, want 0", n)
	}
}

// gone tells whether looking at b faults.
func gone(b []byte) (yes bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { yes = recover() != nil }()
	blank(b)
	return false
}

func blank(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}
