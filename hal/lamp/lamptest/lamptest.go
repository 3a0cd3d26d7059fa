// Package lamptest is what every driver of a lamp has to pass, where somebody or something can tell whether
// it is lit. It knows no driver and is never part of a device's program.
package lamptest

import (
	"testing"

	"tellijn/hal/lamp"
)

// Conformance sets l, which is dark, in every order that the warden may, and leaves it dark. lit tells
// whether it is lit, from outside of l: an eye, a line read back, or a twin's own word.
func Conformance(t testing.TB, l lamp.Lamp, lit func() bool) {
	t.Helper()
	if lit() {
		t.Error("it is lit before the first turn")
	}
	for i, to := range []bool{false, true, true, false, false, true, false, true, false} {
		if err := l.Set(to); err != nil {
			t.Errorf("turn %d, to %v: %v", i, to, err)
		}
		if lit() != to {
			t.Errorf("turn %d: lit %v, want %v", i, !to, to)
		}
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
