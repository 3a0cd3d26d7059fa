package gpiobutton

import (
	"errors"
	"testing"

	"tellijn/hal/button/buttontest"
	"tellijn/hal/gpio/gpiotest"
)

func TestConformance(t *testing.T) {
	var w gpiotest.Wire
	_ = w.Set(true) // the pull
	buttontest.Conformance(t, New(&w), func(down bool) { _ = w.Set(!down) })
}

// TestReads has one read of the line for each look, and an error that is no press.
func TestReads(t *testing.T) {
	broken := errors.New("cut")
	p := gpiotest.Playback{TB: t, Ops: []gpiotest.Op{{Read: true, High: true}, {Read: true}, {Read: true, Err: broken}}}
	b := New(&p)
	for i, want := range []bool{false, true, false} {
		got, err := b.Pressed()
		if got != want || (err != nil) != (i == 2) {
			t.Errorf("look %d: %v, %v, want %v", i, got, err, want)
		}
	}
	p.Done()
}
