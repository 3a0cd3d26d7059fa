package v4l2

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tellijn/hal/camera/v4l2/abi"
	"tellijn/hal/camera/v4l2/locks"
)

func TestLocks(t *testing.T) {
	f := newFake(yuyv)
	f.controls[abi.ExposureAuto], f.controls[abi.ExposureAbsolute], f.controls[abi.ExposurePriority] = 3, 100, 1
	f.controls[abi.PowerLine] = 0
	f.controls[abi.Gain] = 7
	f.controls[abi.AutoWhiteBalance], f.controls[abi.WhiteBalanceKelvin] = 1, 4600
	f.stubborn[abi.AutoWhiteBalance] = true
	f.wander = 20
	o := still
	o.Settle, o.Mains = 0, 60
	s := start(t, f, o)
	defer s.Close()
	want := "[frame rate locked at 0 mains locked at 60 exposure locked at 120 gain locked at 7 white balance refused focus absent]"
	if got := fmt.Sprint(s.Locks()); got != want {
		t.Errorf("locks %v, want %v", got, want)
	}
	if f.controls[abi.ExposureAuto] != abi.ExposureManual || f.controls[abi.ExposureAbsolute] != 120 || f.controls[abi.PowerLine] != 2 {
		t.Errorf("controls %v", f.controls)
	}
	if f.frames < 20+settled || f.frames > 20+2*settled {
		t.Errorf("settled after %d frames", f.frames)
	}
	if f.clock > 10*time.Second {
		t.Errorf("took %v", f.clock)
	}
}

// What a camera answers while it is automatic may be stale; only a value that is alive is written.
func TestStaleValuesAreNotWritten(t *testing.T) {
	for _, c := range []struct {
		wander, falls int // what the exposure does while settling, and what it falls to when locked
		written       bool
		want          int32
	}{{0, 0, false, 100}, {5, 0, true, 105}, {0, 40, true, 100}} {
		f := newFake(yuyv)
		f.controls[abi.ExposureAuto], f.controls[abi.ExposureAbsolute] = 3, 100
		f.wander, f.falls = c.wander, int32(c.falls)
		o := still
		o.Settle = 60
		s := start(t, f, o)
		s.Close()
		if got := s.Locks()[2]; got.State != locks.Locked || got.Value != c.want {
			t.Errorf("%+v: %v", c, got)
		}
		if got := slices.Contains(f.log, fmt.Sprintf("control %#x=%d", abi.ExposureAbsolute, c.want)); got != c.written {
			t.Errorf("%+v: written %v, %q", c, got, f.log)
		}
	}
}

func TestLockingIsBounded(t *testing.T) {
	f := newFake(yuyv)
	f.controls[abi.ExposureAuto], f.controls[abi.ExposureAbsolute] = 3, 100
	f.wander = 1 << 30
	o := still
	o.Settle = 25
	s := start(t, f, o)
	s.Close()
	if f.frames != 25 {
		t.Errorf("an exposure that never rests took %d frames, want 25", f.frames)
	}
	f = newFake(yuyv) // nothing to settle: no frame is lost
	s = start(t, f, o)
	s.Close()
	if f.frames != 0 {
		t.Errorf("a camera without automatics lost %d frames", f.frames)
	}
	f = newFake(yuyv)
	f.controls[abi.ExposureAuto] = 3
	s = start(t, f, still)
	s.Close()
	if f.controls[abi.ExposureAuto] != 3 || s.Locks()[2].State != locks.Left {
		t.Errorf("Settle -1 changed the exposure: %v", s.Locks())
	}
}
