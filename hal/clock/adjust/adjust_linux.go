// Package adjust sets the machine's clock and says how far it can be believed. It decides nothing: when
// and to what is for firmware/scout/belief. It needs the right to set the clock, CAP_SYS_TIME. It stands
// beside the data path, in the scout; no other program links it.
package adjust

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Bits of adjtimex(2). (include/uapi/linux/timex.h)
const (
	modeMaxError   = 0x0004
	modeEstError   = 0x0008
	modeStatus     = 0x0010
	modeSingleShot = 0x8001
	staUnsync      = 0x0040
)

// Clock is the clock of the machine.
type Clock struct{}

// Now is what it shows.
func (Clock) Now() time.Time { return time.Now().Round(0) }

// Boot is the time since the machine started, asleep or not: CLOCK_BOOTTIME. It never goes back.
func (Clock) Boot() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// Step moves it by d, at once. The kernel then takes it for unsynchronised.
func (Clock) Step(d time.Duration) error {
	t := unix.NsecToTimespec(time.Now().Add(d).UnixNano())
	if err := unix.ClockSettime(unix.CLOCK_REALTIME, &t); err != nil {
		return fmt.Errorf("adjust: set the clock: %w", err)
	}
	return nil
}

// Slew lets it run 1/2000 faster or slower until it has made up for d, and forgets what was left of an
// earlier call.
func (Clock) Slew(d time.Duration) error {
	t := unix.Timex{Modes: modeSingleShot}
	t.Offset = offset(d / time.Microsecond)
	return do(&t, "make up for an offset")
}

// Believe says that the clock is right, at most so far off: clock.Synced is true from now on, until nobody
// has said so for about 9 hours, or Doubt.
func (Clock) Believe(off time.Duration) error {
	t := unix.Timex{Modes: modeStatus | modeMaxError | modeEstError, Status: 0}
	t.Maxerror, t.Esterror = offset(off/time.Microsecond), offset(off/time.Microsecond)
	return do(&t, "believe the clock")
}

// Doubt says that nobody knows whether the clock is right: clock.Synced is false from now on.
func (Clock) Doubt() error {
	return do(&unix.Timex{Modes: modeStatus, Status: staUnsync}, "doubt the clock")
}

// Believed tells whether somebody said that the clock is right and nobody has doubted it since.
func (Clock) Believed() bool {
	var t unix.Timex
	return do(&t, "read the clock") == nil && t.Status&staUnsync == 0
}

func do(t *unix.Timex, what string) error {
	if _, err := unix.Adjtimex(t); err != nil {
		return fmt.Errorf("adjust: %s: %w", what, err)
	}
	return nil
}
