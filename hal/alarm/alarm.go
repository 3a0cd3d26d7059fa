// Package alarm is a timer of the kernel that two programs share: the eye sets it when it borrows a
// frame and stops it when the frame is wiped, and the warden waits for it to run out. An eye that
// hangs with a frame in its hands is so noticed by somebody else. It carries nothing but the one
// fact that time is up, and keeps no clock of its own. It stands beside the data path.
package alarm

import (
	"os"

	"tellijn/hal"
)

// absent is what both ends say where the kernel has no such timer.
type absent struct{ why string }

// Error says what is missing.
func (a absent) Error() string { return "alarm: " + hal.ErrAbsent.Error() + ": " + a.why }

// Unwrap makes it a hal.ErrAbsent.
func (a absent) Unwrap() error { return hal.ErrAbsent }

// Alarm is the warden's end. Use New.
type Alarm struct{ f *os.File }

// File is the descriptor to hand down to the eye. It stays open and belongs to the alarm.
func (a *Alarm) File() *os.File { return a.f }

// Wait returns nil when the alarm has run out, or an error that wraps os.ErrClosed after Close. One
// that was stopped in the last moment, before anybody looked, has not run out.
func (a *Alarm) Wait() error {
	var count [8]byte // timerfd_create(2): how many times it ran out, which nobody needs
	_, err := a.f.Read(count[:])
	return err
}

// Close lets go of this end and ends a Wait.
func (a *Alarm) Close() error { return a.f.Close() }
