// Package orders is what the eye is told: once, at start, on descriptor 0, and nothing afterwards.
// The warden writes one message of a fixed size; the eye reads exactly that and starts, or ends.
// It never carries text from outside, a path other than the camera's, or anything back. It is the
// only message that goes towards the camera; privacy/wire is the only one that comes from it.
package orders

import (
	"errors"
	"fmt"
	"time"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// ErrInvalid is wrapped by every error of Check, Encode, Decode and Read.
var ErrInvalid = errors.New("orders: invalid")

// Board is the kind of board the eye runs on. It decides which drivers and speeds are allowed.
type Board uint8

// The kinds of boards. Real ones count people; the others are for trying and testing, and their
// records say so.
const (
	Real      Board = 1
	Simulated Board = 2 // an ordinary computer
	Virtual   Board = 3 // an emulated board
)

// Driver names a camera driver.
type Driver uint8

// The camera drivers. An eye for a real board knows only V4L2.
const (
	V4L2 Driver = 1
	Sim  Driver = 2 // hal/camera/sim
	Feed Driver = 3 // hal/camera/feed, on descriptor 4
)

// String is the name that records carry. A fed camera is a clip.
func (d Driver) String() string {
	switch d {
	case V4L2:
		return "v4l2"
	case Sim:
		return "sim"
	case Feed:
		return "clip"
	}
	return fmt.Sprintf("driver(%d)", uint8(d))
}

// Play is what the simulated camera shows.
type Play uint8

// The plays. Only Door has people who cross.
const (
	Door        Play = 0
	Turn        Play = 1
	Hover       Play = 2
	Stand       Play = 3
	LightSwitch Play = 4
	lastPlay         = LightSwitch
)

// Limits of single fields.
const (
	// MaxPath bounds the device path in bytes: /dev/video with a number is under 16, names
	// under /dev/v4l/by-id stay under 100.
	MaxPath = 128
	// MaxSpeed of a clock on a simulated or virtual board: a day in a minute and a half.
	MaxSpeed = 1000
	// MaxSeconds of a play: a week.
	MaxSeconds = 7 * 24 * 3600
	// MinBeat and MaxBeat bound the time between tallies: shorter would tell single people
	// apart, longer would starve the watchdog.
	MinBeat = 100 * time.Millisecond
	MaxBeat = 10 * time.Second
)

// Wanted is the format that the camera is asked for. The camera may decide otherwise.
type Wanted struct {
	Pixel         camera.PixelFormat // 0: what suits the driver
	Width, Height uint16             // pixels
	Interval      time.Duration      // between frames, whole microseconds
}

// Scripted says what a simulated camera plays. It is all zero for other drivers.
type Scripted struct {
	Seed    uint64
	Play    Play
	Seconds uint32 // of pipeline time until it ends, at most MaxSeconds; 0 for no end
}

// Orders are what the eye needs to know.
type Orders struct {
	Board  Board
	Driver Driver
	Device string // path of the camera; V4L2 only
	Wanted Wanted
	Scene  scene.Scene
	Beat   time.Duration // pipeline time between tallies, whole milliseconds
	Speed  uint16        // 1, or more on simulated and virtual boards
	Sim    Scripted
}
