package record

import (
	"fmt"

	"tellijn/counting"
	"tellijn/hal/camera"
)

// Limits of single fields.
const (
	maxDevice   = 32
	maxInterval = 3600             // seconds: a day has at least 24 records
	minTime     = 1_577_836_800    // 2020-01-01, before this project
	maxTime     = 253_402_300_800  // 10000-01-01, five digits of a year
	maxStretch  = 2 * maxInterval  // an interval that ended late, when the clock was set
	MaxCount    = 1_000_000        // of one line, direction and interval: 277 a second for an hour
	MaxFrames   = 1000 * 3600 * 24 // a thousand a second for a day; a fast pretended clock gives many
	maxLifetime = 1<<20 - 1        // microseconds; the eye stops at 200,000
)

// Check tells the first thing that is wrong with r.
func (r *Record) Check() error {
	switch {
	case r.Version != Version:
		return bad("version %d, want %d", r.Version, Version)
	case !ValidDevice(r.Device):
		return bad("device %q, want 1 to %d of a-z, 0-9 and hyphen", r.Device, maxDevice)
	case r.Boot == [16]byte{}:
		return bad("boot is zero, want a random number")
	case r.From < minTime || r.To > maxTime || r.From >= r.To || r.To-r.From > maxStretch:
		return bad("from %d to %d, want Unix seconds, in order, at most %d apart", r.From, r.To, maxStretch)
	case r.Interval < 1 || r.Interval > maxInterval:
		return bad("interval %d s, want 1 to %d", r.Interval, maxInterval)
	case len(r.Lines) < 1 || len(r.Lines) > counting.MaxLines:
		return bad("%d lines, want 1 to %d", len(r.Lines), counting.MaxLines)
	case r.Zones == nil || len(r.Zones) > counting.MaxZones:
		return bad("%d zones, want a list of 0 to %d", len(r.Zones), counting.MaxZones)
	case r.Coverage.Cycles > r.Coverage.Expected || r.Coverage.Expected > MaxFrames:
		return bad("coverage %d of %d frames, at most %d", r.Coverage.Cycles, r.Coverage.Expected, MaxFrames)
	case r.Damaged > MaxFrames:
		return bad("%d damaged frames, at most %d", r.Damaged, MaxFrames)
	case r.Lifetime.Worst > maxLifetime || r.Lifetime.P999 > maxLifetime:
		return bad("frame lifetime %d and %d us, at most %d", r.Lifetime.Worst, r.Lifetime.P999, maxLifetime)
	case r.Quality&^anyQuality != 0:
		return bad("unknown quality bits %#x", r.Quality&^anyQuality)
	case r.Firmware == [32]byte{}:
		return bad("firmware hash is zero")
	case !r.Unreleased:
		return bad("released counts, which version %d does not know", Version)
	}
	for i, l := range r.Lines {
		if l.Forward > MaxCount || l.Backward > MaxCount {
			return bad("line %d: %d forward and %d backward, at most %d", i, l.Forward, l.Backward, MaxCount)
		}
	}
	for i, z := range r.Zones {
		if z.Inside > z.Peak || z.Peak > counting.MaxTracks {
			return bad("zone %d: %d inside, peak %d, at most %d", i, z.Inside, z.Peak, counting.MaxTracks)
		}
	}
	return r.Camera.check(r.Simulated)
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
func ValidDevice(s string) bool {
	if len(s) < 1 || len(s) > maxDevice {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
