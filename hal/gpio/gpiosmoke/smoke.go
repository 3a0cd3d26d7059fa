// Package gpiosmoke tries hal/gpio on real lines. It is for tests and the rig.
//
// Wiring: two free lines of the header, joined by a resistor of 1 kOhm, which keeps both whole if both are
// driven by mistake: GPIO5 (pin 29) and GPIO6 (pin 31). Then
//
//	TELLIJN_GPIO="GPIO5 GPIO6" go test -v ./hal/gpio/gpiosmoke
//
// Without a board, tools/rig/parts calls the same functions in a virtual machine, and joins the lines from
// outside.
package gpiosmoke

import (
	"errors"
	"fmt"
	"testing"

	"tellijn/hal"
	"tellijn/hal/gpio"
)

// Find looks a line up or ends the test.
func Find(t testing.TB, name string) gpio.Place {
	t.Helper()
	p, err := gpio.Find(name)
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Follows drives out and reads in, which are joined, for a while; settle lets a wire follow. Both start and
// end low. Then out is taken once more, high from its first moment on.
func Follows(t testing.TB, out, in string, settle func()) {
	t.Helper()
	o, err := gpio.Output(Find(t, out), false)
	if err != nil {
		t.Fatal(err)
	}
	i, err := gpio.Input(Find(t, in), gpio.Floating)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	for turn := range 20 {
		high := turn%3 == 1
		if err := o.Set(high); err != nil {
			t.Fatal(err)
		}
		settle()
		if got, err := i.High(); err != nil || got != high {
			t.Errorf("turn %d: %s is set to %v, %s reads %v, %v", turn, o, high, i, got, err)
		}
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if o, err = gpio.Output(Find(t, out), true); err != nil {
		t.Fatal(err)
	}
	settle()
	if got, err := i.High(); err != nil || !got {
		t.Errorf("%s was taken high, %s reads %v, %v", o, i, got, err)
	}
	if err := errors.Join(o.Set(false), o.Close()); err != nil {
		t.Error(err)
	}
}

// Alone takes a line twice, which must not work, and again once it was let go.
func Alone(t testing.TB, name string) {
	t.Helper()
	p := Find(t, name)
	for turn := range 3 {
		l, err := gpio.Input(p, gpio.Up)
		if err != nil {
			t.Fatalf("turn %d: %v", turn, err)
		}
		if again, err := gpio.Output(p, false); err == nil || errors.Is(err, hal.ErrAbsent) {
			t.Errorf("turn %d: %v was had twice: %v", turn, again, err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if _, err := l.High(); err == nil {
			t.Error(fmt.Sprint(l, " was read after it was let go"))
		}
	}
}
