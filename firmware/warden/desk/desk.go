// Package desk makes of a closed interval what may leave. privacy/release says how much of a count may be
// known, privacy/room which doors are summed first; the desk fills in the record and signs it. It keeps
// nothing, asks no clock, and nothing exact goes out by it: only what privacy/record has a field for. In the
// data path it stands between firmware/warden/book and firmware/warden/clerk, which keeps its state.
package desk

import (
	"errors"
	"time"

	"tellijn/privacy/release"
	"tellijn/privacy/room"
	"tellijn/privacy/sign"
)

// ErrState is wrapped by Read when the bytes are no state of this program.
var ErrState = errors.New("desk: state")

// Setup is what stays the same for a boot, but for Firmware.
type Setup struct {
	Device    string
	Boot      [16]byte
	Firmware  [32]byte // SHA-256 of the eye's program
	Driver    string   // v4l2, sim or clip
	Simulated bool
	Lines     int
	Zones     int
	Policy    release.Policy
	Location  *time.Location
	Key       sign.Key
	Secret    [32]byte   // of the release rule
	Room      string     // "" without one
	Post      *room.Post // nil without a room
}

// Stamp is a moment as the warden knows it.
type Stamp struct {
	Now    time.Time     // trusted time
	Clock  uint8         // what that is worth: a Clock constant of privacy/record
	Uptime time.Duration // since the boot, by a clock that nobody sets
}
