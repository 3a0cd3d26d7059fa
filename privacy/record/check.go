package record

import (
	"fmt"

	"tellijn/counting"
	"tellijn/hal/camera"
	"tellijn/privacy/coding"
)

// Limits of single fields.
const (
	minInterval = 900 // seconds: the shortest over which a lone person can be kept out of the counts
	day         = 86_400
	minTime     = 1_577_836_800 // 2020-01-01, before this project
	maxTime     = 1<<32 - 1     // 2106-02-07, so that times have one width
	maxStretch  = 2 * day       // an interval that ended late, when the clock was set
	minK        = 3
	MaxCount    = 1<<16 - 1 // of one line, direction and interval; what is more waits for the next
	maxDoors    = 23        // of a room, so that the number has one width
	maxClass    = 15
)

// Check tells the first thing that is wrong with r.
func (r *Record) Check() error {
	switch {
	case r.Version != Version:
		return bad("version %d, want %d", r.Version, Version)
	case !coding.ValidName(r.Device):
		return bad("device %q, want 1 to 32 of a-z, 0-9 and hyphen", r.Device)
	case r.Boot == [16]byte{}:
		return bad("boot is zero, want a random number")
	case r.From < minTime || r.To > maxTime || r.From >= r.To || r.To-r.From > maxStretch:
		return bad("from %d to %d, want Unix seconds, in order, at most %d apart", r.From, r.To, maxStretch)
	case r.Interval < minInterval || r.Interval > day || day%r.Interval != 0:
		return bad("interval %d s, want %d to %d that divide a day", r.Interval, minInterval, day)
	case len(r.Lines) < 1 || len(r.Lines) > counting.MaxLines:
		return bad("%d lines, want 1 to %d", len(r.Lines), counting.MaxLines)
	case r.Zones == nil || len(r.Zones) > counting.MaxZones:
		return bad("%d zones, want a list of 0 to %d", len(r.Zones), counting.MaxZones)
	case r.Coverage > 100:
		return bad("coverage %d %%, at most 100", r.Coverage)
	case r.Dropped > maxClass || r.Damaged > maxClass:
		return bad("dropped and damaged %d and %d, want classes up to %d", r.Dropped, r.Damaged, maxClass)
	case !isLifetime(r.Lifetime.Worst) || !isLifetime(r.Lifetime.P999):
		return bad("frame lifetime %d and %d ms, want classes as of Milliseconds", r.Lifetime.Worst, r.Lifetime.P999)
	case r.Quality&^anyQuality != 0:
		return bad("unknown quality bits %#x", r.Quality&^anyQuality)
	case r.Firmware == [32]byte{}:
		return bad("firmware hash is zero")
	case r.Clock > ClockKnown:
		return bad("clock %d, at most %d", r.Clock, ClockKnown)
	case (r.Log.Entries == 0) != (r.Log.Head == Hash{}):
		return bad("log of %d entries with head %x, want both or none", r.Log.Entries, r.Log.Head)
	}
	if err := r.Rule.check(); err != nil {
		return err
	}
	for i := range r.Lines {
		if err := r.Lines[i].check(r.Rule); err != nil {
			return bad("line %d: %w", i, err)
		}
	}
	for i, z := range r.Zones {
		if z > counting.MaxTracks || z != 0 && z < uint16(r.Rule.K) {
			return bad("zone %d: %d shown, want 0, or %d to %d", i, z, r.Rule.K, counting.MaxTracks)
		}
	}
	return r.Camera.check(r.Simulated)
}

func (u *Rule) check() error {
	switch {
	case u.K < minK:
		return bad("rule with k %d, at least %d", u.K, minK)
	case u.Mode > ModeAlone:
		return bad("rule with mode %d, at most %d", u.Mode, ModeAlone)
	case u.Mode == ModeOneDoor && (u.Room != "" || u.Doors != 0 || u.Heard != 0):
		return bad("room %q with %d of %d doors, want none for a door in no room", u.Room, u.Heard, u.Doors)
	case u.Mode != ModeOneDoor && (!coding.ValidName(u.Room) || u.Doors < 1 || u.Doors > maxDoors || u.Heard > u.Doors):
		return bad("room %q with %d of %d doors, want a name like a device's and 1 to %d doors", u.Room, u.Heard, u.Doors, maxDoors)
	}
	return nil
}

// check holds a line against what privacy/release can let out, so that exact counts never leave by
// mistake: its people come in multiples of k and in one direction.
func (l *Line) check(u Rule) error {
	k := uint32(u.K)
	switch most := max(l.Forward, l.Backward, l.CorrectedForward, l.CorrectedBackward, l.Level); {
	case most > MaxCount:
		return fmt.Errorf("%d, at most %d", most, MaxCount)
	case u.Mode == ModeMember && most != 0:
		return fmt.Errorf("%d, although the counts went to the head of the room", most)
	case l.Forward%k != 0 || l.Backward%k != 0:
		return fmt.Errorf("%d forward, %d backward, want multiples of %d", l.Forward, l.Backward, k)
	case l.Forward != 0 && l.Backward != 0:
		return fmt.Errorf("%d forward and %d backward, want one direction", l.Forward, l.Backward)
	}
	return nil
}

func (c *Camera) check(simulated bool) error {
	if c.Kind != "camera" {
		return bad("kind %q, want %q", c.Kind, "camera")
	}
	switch c.Driver {
	case "v4l2":
	case "sim", "clip":
		if !simulated {
			return bad("camera driver %q, but the record does not say simulated", c.Driver)
		}
	default:
		return bad("camera driver %q, want v4l2, sim or clip", c.Driver)
	}
	if c.Width < 8 || c.Width > camera.MaxSide || c.Height < 8 || c.Height > camera.MaxSide {
		return bad("camera size %dx%d, want 8 to %d pixels a side", c.Width, c.Height, camera.MaxSide)
	}
	for _, p := range [...]camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12, camera.GREY, camera.MJPEG} {
		if c.Pixel == p.String() {
			return nil
		}
	}
	return bad("pixel format %q, want YUYV, UYVY, NV12, YU12, GREY or MJPG", c.Pixel)
}

// ValidDevice tells whether a device id is 1 to 32 characters of a-z, 0-9 and hyphen.
func ValidDevice(s string) bool { return coding.ValidName(s) }

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
