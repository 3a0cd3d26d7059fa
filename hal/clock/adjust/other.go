//go:build !linux

// Package adjust stands in where there is no Linux: it sets no clock.
package adjust

import (
	"errors"
	"time"
)

// ErrLinux is the error of all methods that would change something.
var ErrLinux = errors.New("adjust: only built for Linux")

// Clock is the clock of the machine.
type Clock struct{}

// Now is what it shows.
func (Clock) Now() time.Time { return time.Now().Round(0) }

// Boot is 0: nobody knows when the machine started.
func (Clock) Boot() time.Duration { return 0 }

// Step moves nothing.
func (Clock) Step(time.Duration) error { return ErrLinux }

// Slew moves nothing.
func (Clock) Slew(time.Duration) error { return ErrLinux }

// Believe says nothing.
func (Clock) Believe(time.Duration) error { return ErrLinux }

// Believed is false: nobody knows.
func (Clock) Believed() bool { return false }

// Doubt says nothing.
func (Clock) Doubt() error { return ErrLinux }
