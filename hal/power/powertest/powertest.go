// Package powertest is what every driver of a power switch has to pass, on a bench where somebody
// can tell whether there is power. It knows no driver and is never part of a device's program.
package powertest

import (
	"errors"
	"testing"

	"tellijn/hal"
	"tellijn/hal/power"
)

// Conformance switches s, which is off, in every order that the warden may. powered tells whether
// the camera has power, from outside of s: a meter, a line read back, or a twin's own word.
func Conformance(t testing.TB, s power.Switch, powered func() bool) {
	t.Helper()
	if powered() {
		t.Error("there is power before the first turn")
	}
	for i, on := range []bool{false, true, true, false, false, true, false} {
		turn, name := s.Off, "Off"
		if on {
			turn, name = s.On, "On"
		}
		err := turn()
		if errors.Is(err, hal.ErrAbsent) {
			t.Skipf("no switch here: %v", err)
		}
		if err != nil {
			t.Errorf("turn %d, %s: %v", i, name, err)
		}
		if powered() != on {
			t.Errorf("turn %d, %s: powered %v, want %v", i, name, !on, on)
		}
	}
}

// ReadBack holds what a supply says against what a meter says, while s, which is off, is switched. settle
// is called after each turn, for as long as the supply may take.
func ReadBack(t testing.TB, s power.Switch, supply power.Supply, powered func() bool, settle func()) {
	t.Helper()
	for i, turn := range []func() error{s.Off, s.On, s.Off, s.On, s.Off} {
		if err := turn(); err != nil {
			t.Errorf("turn %d: %v", i, err)
		}
		settle()
		lit, err := supply.Lit()
		if err != nil {
			t.Errorf("turn %d: %v", i, err)
		}
		if want := powered(); lit != want {
			t.Errorf("turn %d: lit %v, and powered %v", i, lit, want)
		}
		if on := i%2 == 1; powered() != on {
			t.Errorf("turn %d: powered %v, want %v", i, !on, on)
		}
	}
}
