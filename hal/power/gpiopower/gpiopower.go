// Package gpiopower is the switch in front of the camera on a line, and the supply behind it read back on
// another. High closes the switch. It says nothing about what the camera does, and never takes an error for
// darkness.
package gpiopower

import "tellijn/hal/gpio"

// Switch is a power.Switch. Use New.
type Switch struct{ line gpio.Out }

// New makes a switch of a line, which must be an output that was taken low: the switch is open.
func New(line gpio.Out) *Switch { return &Switch{line} }

// On closes the switch. The errors are those of the line.
func (s *Switch) On() error { return s.line.Set(true) }

// Off opens the switch. The errors are those of the line.
func (s *Switch) Off() error { return s.line.Set(false) }

// Supply is a power.Supply. Use Back.
type Supply struct{ line gpio.In }

// Back makes a supply of a line. It should be pulled up, so that a wire that came off reads lit, which is
// what nobody switches by mistake, and not dark, which would be claimed.
func Back(line gpio.In) *Supply { return &Supply{line} }

// Lit tells whether the line is high. The errors are those of the line.
func (s *Supply) Lit() (bool, error) { return s.line.High() }
