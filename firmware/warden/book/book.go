// Package book adds tallies up to intervals. It never sees a frame, opens nothing, and takes the time
// as an argument. What it holds are exact counts: they stay in the warden, whose clerk coarsens them
// before anything is made of them. Before it is privacy/wire, behind it firmware/warden/clerk.
package book

import (
	"errors"
	"fmt"
	"time"

	"tellijn/counting"
	"tellijn/counting/tally"
	"tellijn/privacy/layers"
	"tellijn/privacy/record"
	"tellijn/privacy/wire"
)

// ErrTooMuch says that the tallies of one interval add up to more than can be. The warden ends the
// eye as it does for a lie.
var ErrTooMuch = errors.New("book: more than an interval can hold")

// MaxCount of one line, each way, in one interval, and of all that waits.
const MaxCount = 1_000_000

// Setup is what stays the same for all intervals of a boot.
type Setup struct {
	Interval     time.Duration  // a divisor of an hour
	Location     *time.Location // where the door is: intervals begin on its full hour
	Lines, Zones int
	// ByFrames says that time goes by the numbers of the frames instead of a clock, as for a drawn
	// camera or a clip: a slow machine then closes the same intervals.
	ByFrames bool
	// Factor is how many seconds of the calendar one of a frame is: 1 but on pretended boards.
	Factor int
	// Grace is how long after the end of an interval its last tally may come.
	Grace time.Duration
}

// Line holds the exact crossings of one line.
type Line struct{ Forward, Backward uint32 }

// Closed is an interval that is over, exact.
type Closed struct {
	From, To time.Time // whole seconds
	Lines    []Line
	Inside   []uint16 // people in each zone at the last tally
	Cycles   uint64   // frames counted on
	Expected uint64   // that the camera should have given
	Dropped  uint64
	Damaged  uint64
	Lifetime tally.Lifetime // microseconds
	Quality  uint32         // bits of counting/tally, and of record.Lacking
	Stream   wire.Stream
}

// Sum adds the lines up: in a room of several doors all of them lead into that room.
func (c *Closed) Sum() (forward, backward uint32) {
	for _, l := range c.Lines {
		forward, backward = forward+l.Forward, backward+l.Backward
	}
	return forward, backward
}

// Book holds the open interval.
type Book struct {
	s        Setup
	stream   wire.Stream // zero until the first tally
	from     time.Time   // of the open interval, whole seconds
	open     sums
	restored bool
	resting  bool // time went by the clock although it goes by frames, since no eye was to run
	// Totals of each line since the boot.
	Totals []Line
	// Inside is the number of people in each zone at the last tally.
	Inside []uint16
	// Changed says that somebody was counted since Keep.
	Changed bool
	// Orphans are counts that Resume found of lines that are no more. Whoever takes them must keep them.
	Orphans [counting.MaxLines]Line
}

// sums are what was added up since from.
type sums struct {
	lines            []Line
	cycles, expected uint64
	dropped, damaged uint64
	lifetime         tally.Lifetime
	quality          uint32
}

// New starts a book at now.
func New(s Setup, now time.Time) (*Book, error) {
	if s.Interval < time.Minute || time.Hour%s.Interval != 0 || s.Location == nil || s.Factor < 1 {
		return nil, fmt.Errorf("book: interval %v in %v, factor %d; want a divisor of an hour, a place, and a factor from 1 on", s.Interval, s.Location, s.Factor)
	}
	b := &Book{s: s, from: now.UTC().Truncate(time.Second), Totals: make([]Line, s.Lines), Inside: make([]uint16, s.Zones)}
	b.clear()
	return b, nil
}

func (b *Book) clear() { b.open = sums{lines: make([]Line, b.s.Lines)} }

// From is when the open interval began.
func (b *Book) From() time.Time { return b.from }

// Seen tells whether any camera was seen since the boot.
func (b *Book) Seen() bool { return b.stream != wire.Stream{} }

// Start is when the interval began that t lies in.
func (s *Setup) Start(t time.Time) time.Time {
	_, offset := t.In(s.Location).Zone()
	shift := time.Duration(offset) * time.Second
	return t.UTC().Add(shift).Truncate(s.Interval).Add(-shift)
}

// end is where the open interval ends: on the full hour of the place, or a part of it.
func (b *Book) end() time.Time { return b.s.Start(b.from).Add(b.s.Interval) }

// Add books one tally that ended at at. Its Stream.Held is what the warden believes of it. A tally
// belongs to the interval in which it began. What is closed by it comes back.
func (b *Book) Add(m *wire.Message, at time.Time) ([]Closed, error) {
	t := &m.Tally
	span := time.Duration(t.To-t.From) * m.Stream.Interval * time.Duration(b.s.Factor)
	b.stream = m.Stream
	out := b.turn(at.Add(-span))
	if err := b.sum(t, m.Stream.Held); err != nil {
		return out, err
	}
	return append(out, b.turn(at)...), nil
}

// Tick says that it is now. It closes an interval whose last tally did not come.
func (b *Book) Tick(now time.Time) []Closed {
	if b.s.ByFrames {
		return nil
	}
	return b.turn(now.Add(-b.s.Grace))
}

// Rest says that it is now, as Tick, while no eye is to run. By frames too it closes an interval that is
// over, and what no frames came for counts as missing.
func (b *Book) Rest(now time.Time) []Closed {
	b.resting = true
	return b.turn(now.Add(-b.s.Grace))
}

// maxEmpty intervals are made up for in a row when no tally came.
const maxEmpty = 10

// turn closes every interval that ended by at. A clock that jumped over more than a few intervals
// leaves a gap instead of a flood of empty records. It never goes back: whoever gives the time does
// not either.
func (b *Book) turn(at time.Time) (out []Closed) {
	at = at.UTC()
	for !at.Before(b.end()) {
		if !b.Seen() && !b.restored {
			b.from = b.after(at) // there is nothing to say what the camera is
			continue
		}
		if b.Seen() {
			out = append(out, b.close(b.end()))
		} else {
			break // what was found at the start waits for a camera
		}
		if at.Sub(b.from) > maxEmpty*b.s.Interval {
			b.from = b.after(at)
		}
	}
	return out
}

// after is where the interval begins in which it goes on at at: where such a one begins by the clock, or, if the clock
// leapt, as it does when a board without one hears the time, only there. Of an interval that was not lived through as a
// whole nothing is published, or a few minutes would show what a quarter of an hour has to hide.
func (b *Book) after(at time.Time) time.Time {
	if at.Sub(b.end()) < b.s.Interval+time.Duration(b.s.Factor)*time.Minute {
		return b.s.Start(at)
	}
	return at.Truncate(time.Second)
}

// close ends the open interval at to, and opens the next one there.
func (b *Book) close(to time.Time) Closed {
	o := &b.open
	c := Closed{From: b.from, To: to, Lines: o.lines, Inside: append([]uint16{}, b.Inside...), Cycles: o.cycles,
		Dropped: o.dropped, Damaged: o.damaged, Lifetime: o.lifetime, Quality: o.quality &^ tally.Starved, Stream: b.stream}
	c.Expected = o.expected
	if !b.s.ByFrames || b.resting {
		// By the clock, so that frames which never came and an eye that did not run are missed.
		c.Expected = uint64(to.Sub(b.from) / b.stream.Interval / time.Duration(b.s.Factor))
	}
	// A camera may be a little faster than it says.
	c.Expected = max(c.Expected, c.Cycles)
	if c.Cycles*10 < c.Expected*9 {
		c.Quality |= tally.Starved
	}
	b.from, b.restored = to, false
	b.clear()
	b.Changed = true
	return c
}

// sum adds a tally to the open interval and to the totals. held are the layers that held the eye in.
func (b *Book) sum(t *tally.Tally, held layers.Layers) error {
	o := &b.open
	for i := range o.lines {
		f, w := uint64(o.lines[i].Forward)+uint64(t.Lines[i].Forward), uint64(o.lines[i].Backward)+uint64(t.Lines[i].Backward)
		if f > MaxCount || w > MaxCount {
			return fmt.Errorf("%w: line %d: %d forward, %d backward", ErrTooMuch, i, f, w)
		}
	}
	for i := range o.lines {
		f, w := t.Lines[i].Forward, t.Lines[i].Backward
		o.lines[i].Forward += f
		o.lines[i].Backward += w
		b.Totals[i].Forward += f
		b.Totals[i].Backward += w
		b.Changed = b.Changed || f|w != 0
	}
	for i := range b.Inside {
		b.Inside[i] = t.Zones[i].Inside
	}
	o.cycles += uint64(t.Cycles)
	o.expected += uint64(t.To - t.From)
	o.damaged += uint64(t.Damaged)
	o.dropped += uint64(t.Dropped)
	o.lifetime = tally.Lifetime{Worst: max(o.lifetime.Worst, t.Lifetime.Worst), P999: t.Lifetime.P999}
	o.quality |= t.Quality | record.Lacking(held)
	return nil
}
