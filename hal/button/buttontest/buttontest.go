// Package buttontest is what every driver of a button has to pass, where somebody or something can press
// it. It knows no driver and is never part of a device's program.
package buttontest

import (
	"testing"

	"tellijn/hal/button"
)

// Conformance looks at b, which is not pressed, while press presses it and lets go; when press returns, it
// is done. It leaves b as it was.
func Conformance(t testing.TB, b button.Button, press func(down bool)) {
	t.Helper()
	for i, down := range []bool{false, true, true, false, false, true, false} {
		press(down)
		for look := range 2 { // looking changes nothing
			got, err := b.Pressed()
			if err != nil {
				t.Errorf("turn %d, look %d: %v", i, look, err)
			}
			if got != down {
				t.Errorf("turn %d, look %d: pressed %v, want %v", i, look, got, down)
			}
		}
	}
}
