// Package gpiobutton is a button on a line that it connects to ground: low is pressed, and a pull keeps the
// line high otherwise, so that a wire that came off is no press. Contacts that bounce do so for less than
// the time between two looks.
package gpiobutton

import "tellijn/hal/gpio"

// Button is a button.Button. Use New.
type Button struct{ line gpio.In }

// New makes a button of a line, which must be an input that is pulled up.
func New(line gpio.In) *Button { return &Button{line} }

// Pressed tells whether the line is low. The errors are those of the line.
func (b *Button) Pressed() (bool, error) {
	high, err := b.line.High()
	return !high && err == nil, err
}
