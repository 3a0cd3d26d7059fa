// Package lampsmoke tries the status lamp of a board. It is for tests and the rig.
//
// Wiring: an LED with a resistor of 330 Ohm from the line to ground, such as GPIO22 (pin 15) to pin 14. For a
// lamp that a person looks at, run
//
//	TELLIJN_LAMP=GPIO22 go test -v ./hal/lamp/lampsmoke
//
// and see it flash three times. To have it read back without a person, join the line by 1 kOhm to a second
// one, and name that too: TELLIJN_LAMP="GPIO22 GPIO5". tools/rig/parts does it in a virtual machine.
package lampsmoke

import (
	"testing"

	"tellijn/hal/gpio"
	"tellijn/hal/gpio/gpiosmoke"
	"tellijn/hal/lamp"
	"tellijn/hal/lamp/lamptest"
)

// Open takes the lamp on a line, or ends the test.
func Open(t testing.TB, line string) *gpio.Line {
	t.Helper()
	l, err := gpio.Output(gpiosmoke.Find(t, line), false)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Flashes lights the lamp three times for somebody who looks; hold is how long each time.
func Flashes(t testing.TB, line string, hold func()) {
	t.Helper()
	var l lamp.Lamp = Open(t, line)
	for range 3 {
		for _, lit := range []bool{true, false} {
			if err := l.Set(lit); err != nil {
				t.Error(err)
			}
			hold()
		}
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	t.Log("it was lit three times, if somebody saw it")
}

// Conforms runs the conformance suite on the lamp; lit tells whether it is lit.
func Conforms(t testing.TB, line string, lit func() bool) {
	t.Helper()
	lamptest.Conformance(t, Open(t, line), lit)
}

// ReadBack runs it with a second line that is joined to the lamp's; settle lets the wire follow.
func ReadBack(t testing.TB, line, back string, settle func()) {
	t.Helper()
	in, err := gpio.Input(gpiosmoke.Find(t, back), gpio.Down)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	Conforms(t, line, func() bool {
		settle()
		high, err := in.High()
		if err != nil {
			t.Error(err)
		}
		return high
	})
}
