package book

import (
	"math"
	"time"

	"tellijn/counting/tally"
	"tellijn/privacy/record"
	"tellijn/privacy/wire"
)

// seal makes a record of the open interval, ending at to, and opens the next one there. Before the
// first tally there is nothing to say what the camera is, so there is no record either.
func (b *Book) seal(to time.Time) []Sealed {
	if b.stream == (wire.Stream{}) {
		b.from = to
		return nil
	}
	o := &b.open
	expected := o.expected
	if !b.s.ByFrames {
		// By the clock, so that frames which never came and an eye that did not run are missed.
		expected = uint64(to.Sub(b.from) / b.stream.Interval)
	}
	// A camera may be a little faster than it says.
	expected = max(expected, o.cycles)
	quality := o.quality &^ tally.Starved
	if o.cycles*10 < expected*9 {
		quality |= tally.Starved
	}
	r := record.Record{
		Version: record.Version, Device: b.s.Device, Boot: b.s.Boot, Sequence: b.sequence,
		From: b.from.Unix(), To: to.Unix(), Interval: uint32(b.s.Interval / time.Second),
		Lines: o.lines, Zones: o.zones,
		Coverage: record.Coverage{Cycles: bounded(o.cycles, record.MaxFrames), Expected: bounded(expected, record.MaxFrames)},
		Dropped:  bounded(o.dropped, math.MaxUint32), Damaged: bounded(o.damaged, record.MaxFrames),
		Lifetime: o.lifetime, Quality: quality,
		Camera: record.Camera{Kind: "camera", Driver: b.s.Driver, Width: b.stream.Width,
			Height: b.stream.Height, Pixel: b.stream.Pixel.String()},
		Firmware: b.firmware, Previous: b.previous, Simulated: b.s.Simulated, Unreleased: true,
	}
	encoded, err := record.Encode(&r)
	from := b.from
	b.from = to
	if err != nil {
		// A clock before 2020 or after 9999 gets here. Such an interval has no name, so its counts
		// stay open and go into the first that has one; the warden says so.
		b.Unsealed, b.Why = b.Unsealed+1, err
		return nil
	}
	b.Unsealed, b.Why = 0, nil
	b.clear()
	b.previous = record.HashOf(encoded)
	b.sequence++
	return []Sealed{{r.Sequence, from, to, encoded}}
}

// bounded is n, or the most that a record has room for, which only many unsealed intervals come to.
func bounded(n uint64, most uint32) uint32 { return uint32(min(n, uint64(most))) }
