// Package clock is the one clock of all programs: wall time for records, and time that never goes
// back for everything else. On a simulated or virtual board it may run faster than the world. It
// never sets a clock and never asks the network for the time.
package clock

import (
	"errors"
	"fmt"
	"time"
)

// MaxSpeed is the fastest a pretended clock may run: a day in a minute and a half.
const MaxSpeed = 1000

// ErrSpeed is wrapped by Open for a speed that is not allowed here.
var ErrSpeed = errors.New("clock: speed not allowed")

// Clock tells time. The zero value is not usable, see Open. It may be copied and shared.
type Clock struct {
	start time.Time
	speed int
}

// Open starts a clock at the present moment. Only a pretended board, one that counts nobody real,
// may ask for a speed above 1: records of a real door must carry the time of the world.
func Open(speed int, pretended bool) (Clock, error) {
	if speed < 1 || speed > MaxSpeed {
		return Clock{}, fmt.Errorf("%w: %d, want 1 to %d", ErrSpeed, speed, MaxSpeed)
	}
	if speed > 1 && !pretended {
		return Clock{}, fmt.Errorf("%w: %d on a real board; only simulated and virtual boards run faster than 1",
			ErrSpeed, speed)
	}
	return Clock{time.Now(), speed}, nil
}

// Since is the time on this clock since it was opened. It never goes back.
func (c Clock) Since() time.Duration { return time.Since(c.start) * time.Duration(c.speed) }

// Now is the wall time on this clock. At speed 1 it is the wall time of the machine and follows
// when that is set; a faster clock starts at the wall time and runs on from there.
func (c Clock) Now() time.Time {
	if c.speed == 1 {
		return time.Now()
	}
	return c.start.Add(c.Since())
}

// World turns a span on this clock into one of the world, to wait for.
func (c Clock) World(d time.Duration) time.Duration { return d / time.Duration(c.speed) }

// Speed is how many times faster than the world the clock runs.
func (c Clock) Speed() int { return c.speed }
