//go:build !linux

package alarm

import "time"

// New says that there is none: only Linux has timers that two programs can share.
func New() (*Alarm, error) { return nil, absent{"only Linux has timers that are files"} }

// Hand is the eye's end, which nobody gets here.
type Hand struct{}

// At says that there is none.
func At(int) (*Hand, error) { return nil, absent{"only Linux has timers that are files"} }

// Arm does nothing.
func (h *Hand) Arm(time.Duration) error { return nil }

// Disarm does nothing.
func (h *Hand) Disarm() error { return nil }
