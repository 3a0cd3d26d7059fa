// Package cameratest is the test twin of hal/camera: the conformance suite that every source must
// pass, and Playback, a camera in memory with faults for the tests of others. There is no Record:
// recording would keep frames. It never runs on a device and has no place in the data path.
package cameratest

import (
	"errors"
	"testing"
	"time"

	"tellijn/hal/camera"
)

// Trait says how a source differs from one with a buffer of its own.
type Trait int

// Mapped says that the buffers are the driver's memory: the camera may fill a buffer again as soon
// as it is returned, and what lies there after Close is not the source's to answer for.
const Mapped Trait = 1

// Least is how many frames a source must give for the suite; a finite one should give 24 to 200.
const Least = 24

// most bounds how many frames are drawn from a source that does not end.
const most = 200

// Conformance runs every check. open gives a fresh source each time and fails the test by itself.
// At least some frames must carry a byte other than zero, or a wipe could not be seen.
func Conformance(t testing.TB, open func() camera.Source, traits ...Trait) {
	t.Helper()
	mapped := false
	for _, tr := range traits {
		mapped = mapped || tr == Mapped
	}
	c := checker{t, open, mapped}
	c.format()
	c.loans()
	c.order()
	c.wiped()
	c.closed()
	c.closedOnLoan()
	c.allocations()
}

type checker struct {
	t      testing.TB
	open   func() camera.Source
	mapped bool
}

// format: usable, and the same at every moment.
func (c *checker) format() {
	c.t.Helper()
	s := c.open()
	defer s.Close()
	f := s.Format()
	if err := f.Check(); err != nil {
		c.t.Errorf("format %+v: %v", f, err)
	}
	var fr camera.Frame
	if !c.borrow(s, &fr) {
		return
	}
	if g := s.Format(); g != f {
		c.t.Errorf("format changed from %+v to %+v while a frame was on loan", f, g)
	}
	c.back(s, &fr)
	s.Close()
	if g := s.Format(); g != f {
		c.t.Errorf("format changed from %+v to %+v after Close", f, g)
	}
}

// loans: one at a time, and none returned that was not lent.
func (c *checker) loans() {
	c.t.Helper()
	s := c.open()
	defer s.Close()
	var f, g camera.Frame
	if _, err := s.Return(&f); !errors.Is(err, camera.ErrLoan) {
		c.t.Errorf("Return before any Borrow: %v, want camera.ErrLoan", err)
	}
	if !c.borrow(s, &f) {
		return
	}
	if err := s.Borrow(&g); !errors.Is(err, camera.ErrLoan) {
		c.t.Errorf("second Borrow with a frame on loan: %v, want camera.ErrLoan", err)
	}
	if g.Data != nil {
		c.t.Error("a refused Borrow handed out data")
	}
	c.back(s, &f)
	if _, err := s.Return(&f); !errors.Is(err, camera.ErrLoan) {
		c.t.Errorf("Return of a frame already returned: %v, want camera.ErrLoan", err)
	}
	if c.borrow(s, &f) { // a refused call must not have upset the stream
		c.back(s, &f)
	}
}

// order: sequence and time only go on, payloads fit the format, an end stays an end.
func (c *checker) order() {
	c.t.Helper()
	s := c.open()
	defer s.Close()
	var f camera.Frame
	var last camera.Frame
	n := 0
	for limit := c.limit(); n < limit; n++ {
		err := c.tryBorrow(s, &f)
		if errors.Is(err, camera.ErrEnded) {
			break
		}
		if err != nil {
			c.t.Errorf("Borrow of frame %d: %v", n, err)
			return
		}
		if n > 0 && int32(f.Sequence-last.Sequence) <= 0 {
			c.t.Errorf("sequence went from %d to %d", last.Sequence, f.Sequence)
		}
		if n > 0 && f.Borrowed < last.Borrowed {
			c.t.Errorf("time of the dequeue went back from %v to %v", last.Borrowed, f.Borrowed)
		}
		if !f.Damaged && s.Format().Short(len(f.Data)) {
			c.t.Errorf("frame %d has %d bytes, too few for %+v, and is not marked damaged", f.Sequence, len(f.Data), s.Format())
		}
		last.Sequence, last.Borrowed = f.Sequence, f.Borrowed
		c.back(s, &f)
	}
	if n < Least {
		c.t.Errorf("the source ended after %d frames; the suite needs %d", n, Least)
	}
	for i := 0; n < c.limit() && i < 3; i++ {
		if err := s.Borrow(&f); !errors.Is(err, camera.ErrEnded) {
			c.t.Errorf("Borrow %d after the end: %v, want camera.ErrEnded", i, err)
		}
	}
}

// limit: driver buffers come at the pace of a camera, so fewer of them are drawn.
func (c *checker) limit() int {
	if c.mapped {
		return Least
	}
	return most
}

// tryBorrow borrows, with patience: a camera may take its time.
func (c *checker) tryBorrow(s camera.Source, f *camera.Frame) (err error) {
	for range 5 {
		if err = s.Borrow(f); !errors.Is(err, camera.ErrTimeout) {
			return err
		}
	}
	return err
}

func (c *checker) borrow(s camera.Source, f *camera.Frame) bool {
	c.t.Helper()
	if err := c.tryBorrow(s, f); err != nil {
		c.t.Errorf("Borrow: %v", err)
		return false
	}
	return true
}

func (c *checker) back(s camera.Source, f *camera.Frame) {
	c.t.Helper()
	life, err := s.Return(f)
	if err != nil {
		c.t.Errorf("Return: %v", err)
	}
	if life < 0 || life > time.Hour {
		c.t.Errorf("Return says that the frame lived %v", life)
	}
	if f.Data != nil || f.Sequence != 0 || f.Damaged || f.Borrowed != 0 || f.Buffer != 0 {
		c.t.Error("Return did not clear the frame struct")
	}
}
