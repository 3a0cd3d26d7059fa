// Package powersmoke tries the switch in front of a camera, and its supply read back. It is for tests and
// the rig.
//
// Wiring: GPIO17 (pin 11) to the input of a high-side switch for 5 V, with 100 kOhm from there to ground so
// that it is open while the board starts; the camera and its lamp (an LED with 330 Ohm) behind the switch. From
// there 2.2 kOhm to GPIO27 (pin 13) and 3.3 kOhm from GPIO27 to ground, so that 5 V read as 3 V. The board
// pulls GPIO27 up with some 50 kOhm: without power it reads low only through these 3.3 kOhm, and a wire that
// came off reads lit. The whole of it is drawn in the folder of each board. Run
//
//	TELLIJN_POWER="GPIO17 GPIO27" go test -v ./hal/power/powersmoke
//
// and see the lamp beside the camera burn twice. tools/rig/parts does it in a virtual machine.
package powersmoke

import (
	"testing"

	"tellijn/hal/gpio"
	"tellijn/hal/gpio/gpiosmoke"
	"tellijn/hal/power/gpiopower"
	"tellijn/hal/power/powertest"
)

// Open takes the switch on a line, which opens it, or ends the test.
func Open(t testing.TB, line string) (*gpiopower.Switch, *gpio.Line) {
	t.Helper()
	l, err := gpio.Output(gpiosmoke.Find(t, line), false)
	if err != nil {
		t.Fatal(err)
	}
	return gpiopower.New(l), l
}

// Conforms runs the conformance suite; powered tells from outside whether the camera has power.
func Conforms(t testing.TB, line string, powered func() bool) {
	t.Helper()
	s, l := Open(t, line)
	defer l.Close()
	powertest.Conformance(t, s, powered)
}

// Supplies switches and reads back; powered tells from outside whether the camera has power, and nil
// believes the switch. settle is called after each turn: a second and more on a desk.
func Supplies(t testing.TB, line, back string, powered func() bool, settle func()) {
	t.Helper()
	s, l := Open(t, line)
	defer l.Close()
	in, err := gpio.Input(gpiosmoke.Find(t, back), gpio.Up)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	b := gpiopower.Back(in)
	if powered == nil {
		powered = func() bool {
			lit, err := b.Lit()
			if err != nil {
				t.Error(err)
			}
			return lit
		}
	}
	powertest.ReadBack(t, s, b, powered, settle)
}
