package gpiopower

import (
	"errors"
	"testing"

	"tellijn/hal/gpio/gpiotest"
	"tellijn/hal/power/powertest"
)

func TestConformance(t *testing.T) {
	var w gpiotest.Wire
	powertest.Conformance(t, New(&w), w.Level)
	powertest.ReadBack(t, New(&w), Back(&w), w.Level, func() {})
}

// TestOps says what each turn does to a line.
func TestOps(t *testing.T) {
	broken := errors.New("cut")
	p := gpiotest.Playback{TB: t, Ops: []gpiotest.Op{{High: true}, {Read: true, High: true}, {}, {Read: true}, {High: true, Err: broken}, {Err: broken},
		{Read: true, Err: broken}}}
	s, b := New(&p), Back(&p)
	for i, want := range []struct {
		do  func() (bool, error)
		lit bool
		err error
	}{
		{func() (bool, error) { return false, s.On() }, false, nil}, {b.Lit, true, nil},
		{func() (bool, error) { return false, s.Off() }, false, nil}, {b.Lit, false, nil},
		{func() (bool, error) { return false, s.On() }, false, broken},
		{func() (bool, error) { return false, s.Off() }, false, broken}, {b.Lit, false, broken},
	} {
		if lit, err := want.do(); lit != want.lit || !errors.Is(err, want.err) {
			t.Errorf("op %d: %v, %v, want %v, %v", i, lit, err, want.lit, want.err)
		}
	}
	p.Done()
}
