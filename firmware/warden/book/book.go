// Package book adds tallies up to intervals and makes chained records of them. It never sees a
// frame, opens nothing, and takes the time as an argument. It is the middle of the warden: before
// it is privacy/wire, behind it firmware/warden/outbox.
package book

import (
	"errors"
	"fmt"
	"time"

	"tellijn/counting/tally"
	"tellijn/privacy/layers"
	"tellijn/privacy/record"
	"tellijn/privacy/wire"
)

// ErrTooMuch says that the tallies of one interval add up to more than can be. The warden ends the
// eye as it does for a lie.
var ErrTooMuch = errors.New("book: more than an interval can hold")

// Setup is what stays the same for all records of a boot.
type Setup struct {
	Device       string
	Boot         [16]byte
	Interval     time.Duration // whole seconds
	Lines, Zones int
	Driver       string // v4l2, sim or clip
	Simulated    bool
	Previous     record.Hash // of the newest record before this boot
	// ByFrames takes the time from the numbers of the frames instead of a clock, as for a
	// drawn camera or a clip: a slow machine then makes the same records.
	ByFrames bool
	// Grace is how long after the end of an interval its last tally may come.
	Grace time.Duration
}

// Sealed is a finished record.
type Sealed struct {
	Sequence uint32
	From, To time.Time
	Bytes    []byte
}

// Book holds the open interval.
type Book struct {
	s        Setup
	firmware [32]byte
	stream   wire.Stream // zero until the first tally
	sequence uint32
	previous record.Hash
	from     time.Time // of the open interval, whole seconds
	origin   time.Time // of frame 0 of this eye, by frames
	at       time.Time // end of the last tally, by frames
	open     sums
	// Totals of each line since the boot.
	Totals []record.Line
	// Inside is the number of people in each zone at the last tally.
	Inside []uint16
	// Unsealed is how many intervals in a row no record could be made of, and Why is the reason for
	// the last. What was counted in them stays open and goes into the next record.
	Unsealed int
	Why      error
}

// sums are what was added up since from.
type sums struct {
	lines            []record.Line
	zones            []record.Zone
	cycles, expected uint64
	dropped, damaged uint64
	lifetime         record.Lifetime
	quality          uint32
	any              bool
}

// New starts a book at now.
func New(s Setup, now time.Time) (*Book, error) {
	if s.Interval < time.Second || s.Interval%time.Second != 0 {
		return nil, fmt.Errorf("book: interval %v, want whole seconds", s.Interval)
	}
	from := now.UTC().Truncate(time.Second)
	b := &Book{s: s, previous: s.Previous, from: from, origin: from, at: from,
		Totals: make([]record.Line, s.Lines), Inside: make([]uint16, s.Zones)}
	b.clear()
	return b, nil
}

// Eye notes that an eye starts, and with which program.
func (b *Book) Eye(firmware [32]byte) {
	b.firmware = firmware
	b.origin = b.at
}

func (b *Book) clear() {
	b.open = sums{lines: make([]record.Line, b.s.Lines), zones: make([]record.Zone, b.s.Zones)}
	for i, n := range b.Inside {
		b.open.zones[i] = record.Zone{Inside: n, Peak: n}
	}
}

// end is where the open interval ends: at a multiple of its length since midnight.
func (b *Book) end() time.Time { return b.from.Truncate(b.s.Interval).Add(b.s.Interval) }

// Add books one tally that came at now. Its Stream.Held is what the warden believes of it. A tally belongs to the interval in which it began. What is
// sealed by it comes back.
func (b *Book) Add(m *wire.Message, now time.Time) ([]Sealed, error) {
	t := &m.Tally
	span := time.Duration(t.To-t.From) * m.Stream.Interval
	at := now
	if b.s.ByFrames {
		at = b.origin.Add(time.Duration(t.To) * m.Stream.Interval)
		b.at = at
	}
	b.stream = m.Stream
	out := append(b.back(at), b.turn(at.Add(-span))...)
	if err := b.sum(t, m.Stream.Held); err != nil {
		return out, err
	}
	return append(out, b.turn(at)...), nil
}

// Tick says that it is now. It seals an interval whose last tally did not come.
func (b *Book) Tick(now time.Time) []Sealed {
	if b.s.ByFrames {
		return nil
	}
	return append(b.back(now), b.turn(now.Add(-b.s.Grace))...)
}

// Finish seals the open interval at now, if anything was seen in it.
func (b *Book) Finish(now time.Time) []Sealed {
	if b.s.ByFrames {
		now = b.at
	}
	out := append(b.back(now), b.turn(now)...)
	if !b.open.any {
		return out
	}
	to := now.UTC().Truncate(time.Second)
	if !to.After(b.from) {
		to = b.from.Add(time.Second) // records count in whole seconds
	}
	return append(out, b.seal(to)...)
}

// back starts a new interval when the clock was set back by more than one.
func (b *Book) back(now time.Time) (out []Sealed) {
	if !now.UTC().Before(b.from.Add(-b.s.Interval)) {
		return nil
	}
	if b.open.any {
		out = b.seal(b.end())
	}
	b.from = now.UTC().Truncate(time.Second)
	return out
}

// turn seals every interval that ended by at. A clock that jumped over more than a few intervals
// leaves a gap instead of a flood of empty records.
func (b *Book) turn(at time.Time) (out []Sealed) {
	at = at.UTC()
	for !at.Before(b.end()) {
		if b.open.any || !b.s.ByFrames {
			out = append(out, b.seal(b.end())...)
		} else {
			b.from = b.end()
		}
		if at.Sub(b.from) > maxEmpty*b.s.Interval {
			b.from = at.Truncate(b.s.Interval)
		}
	}
	return out
}

// maxEmpty records are made up for in a row when no tally came.
const maxEmpty = 10

// sum adds a tally to the open interval and to the totals. held are the layers that held the eye in.
func (b *Book) sum(t *tally.Tally, held layers.Layers) error {
	o := &b.open
	for i := range o.lines {
		f, w := uint64(o.lines[i].Forward)+uint64(t.Lines[i].Forward), uint64(o.lines[i].Backward)+uint64(t.Lines[i].Backward)
		if f > record.MaxCount || w > record.MaxCount {
			return fmt.Errorf("%w: line %d: %d forward, %d backward", ErrTooMuch, i, f, w)
		}
	}
	for i := range o.lines {
		o.lines[i].Forward += t.Lines[i].Forward
		o.lines[i].Backward += t.Lines[i].Backward
		b.Totals[i].Forward += t.Lines[i].Forward
		b.Totals[i].Backward += t.Lines[i].Backward
	}
	for i := range o.zones {
		o.zones[i] = record.Zone{Inside: t.Zones[i].Inside, Peak: max(o.zones[i].Peak, t.Zones[i].Peak)}
		b.Inside[i] = t.Zones[i].Inside
	}
	o.any = true
	o.cycles += uint64(t.Cycles)
	o.expected += uint64(t.To - t.From)
	o.damaged += uint64(t.Damaged)
	o.dropped += uint64(t.Dropped)
	o.lifetime = record.Lifetime{Worst: max(o.lifetime.Worst, t.Lifetime.Worst), P999: t.Lifetime.P999}
	o.quality |= t.Quality | record.Lacking(held)
	return nil
}
