// Package buttonsmoke tries the button of a board. It is for tests and the rig.
//
// Wiring: a push button between the line and ground, such as GPIO23 (pin 16) and pin 14; no resistor, the
// chip pulls the line up. Run
//
//	TELLIJN_BUTTON=GPIO23 go test -v ./hal/button/buttonsmoke
//
// and press it within twenty seconds. tools/rig/parts presses it from outside of a virtual machine.
package buttonsmoke

import (
	"testing"
	"time"

	"tellijn/hal/button/buttontest"
	"tellijn/hal/button/gpiobutton"
	"tellijn/hal/gpio"
	"tellijn/hal/gpio/gpiosmoke"
)

// Conforms runs the conformance suite on the button on a line; press presses it and lets go.
func Conforms(t testing.TB, line string, press func(down bool)) {
	t.Helper()
	in, err := gpio.Input(gpiosmoke.Find(t, line), gpio.Up)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	buttontest.Conformance(t, gpiobutton.New(in), press)
}

// ByHand waits for somebody to press it and to let go, at most patience for each; sleep lets time pass.
func ByHand(t testing.TB, line string, patience time.Duration, sleep func(time.Duration)) {
	t.Helper()
	in, err := gpio.Input(gpiosmoke.Find(t, line), gpio.Up)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	b := gpiobutton.New(in)
	for _, want := range []bool{false, true, false} {
		const look = 10 * time.Millisecond
		for waited := time.Duration(0); ; waited += look {
			down, err := b.Pressed()
			if err != nil {
				t.Fatal(err)
			}
			if down == want {
				break
			}
			if waited > patience {
				t.Fatalf("pressed %v for %v", down, patience)
			}
			sleep(look)
		}
		t.Logf("pressed: %v", want)
	}
}
