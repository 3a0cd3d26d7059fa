// Package power is the switch in front of the camera: off means that the camera has no power, so
// that whatever it or its driver still holds of a frame fades. It never asks what the camera does,
// and no switch is a sign of approval. The warden switches; gpiopower is the driver, simpower is the twin
// for boards whose camera is drawn, and powertest is what every driver of a switch has to pass.
package power

import (
	"fmt"

	"tellijn/hal"
)

// Switch gives a camera its power and takes it away. It is used from one goroutine.
type Switch interface {
	// On gives power. When it returns nil the switch is closed; a camera may still take seconds
	// until it answers. On while it is on does nothing. The error wraps hal.ErrAbsent if the
	// board has no switch; any other means that the switch is broken, and then no eye is started.
	On() error
	// Off takes power away: when it returns nil the camera has none, whatever it was doing and
	// whoever has it open. Off while it is off does nothing. The errors are those of On.
	Off() error
}

// Supply is what is behind the switch, read back: the same wire from which the lamp beside the camera
// burns. It tells what is, whatever a program switched.
type Supply interface {
	// Lit tells whether the camera has power now, and its lamp is lit. With an error it tells nothing,
	// and nobody may take that for darkness. It is used from one goroutine.
	Lit() (bool, error)
}

// None is the switch of a board that has none.
type None struct{}

// On says that there is no switch.
func (None) On() error { return none() }

// Off says that there is no switch.
func (None) Off() error { return none() }

func none() error {
	return fmt.Errorf("power: %w: this board has no switch that we know", hal.ErrAbsent)
}
