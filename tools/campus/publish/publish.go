// Package publish sends the crossings of a campus through a rule of release, interval by interval,
// as a device does, and keeps what would be published. The small-count rule is the one of the
// device, privacy/release itself; beside it stand the rules that people propose first: raw counts,
// a threshold, and noise. It decides nothing of its own and is no part of the device.
package publish

import (
	"fmt"

	"tellijn/tools/campus/world"
)

// Shown is what is published of one interval.
type Shown struct {
	In, Out       int32 // people
	FixIn, FixOut int32 // corrections, which are not booked as people
	Level         int32 // people inside as the rule publishes them, in steps; always 0 if it publishes none
}

// Line is one line, or the sum of the doors of a room, under a rule.
type Line interface {
	// Step takes what was counted in an interval of the campus and gives what is published of it.
	Step(interval int, in, out uint32) Shown
	// Held is what was counted and waits to be published.
	Held() (in, out int64)
	// Clone gives a line that goes on from here on its own, with the same secrets.
	Clone() Line
}

// Rule is a way to publish counts.
type Rule struct {
	Name  string
	Steps int32 // the k of a rule that publishes a level; 0 for others
	// Apart says that each door is published by itself; otherwise the doors of a room are summed
	// before anything is published.
	Apart bool
	New   func(Key) Line
}

// Key tells lines apart: each has its own secret. Several says that the room of the line has other
// doors that this line does not see.
type Key struct {
	Seed       uint64
	Room, Door int
	Several    bool
}

// Lines gives the fresh lines of a room: one, or one for each door.
func (r Rule) Lines(seed uint64, room *world.Room) (all []Line) {
	n := 1
	if r.Apart {
		n = len(room.Doors)
	}
	for d := range n {
		all = append(all, r.New(Key{seed, room.Number, d, n > 1}))
	}
	return all
}

// Counted is what goes into the lines of a room: of each line, In and Out of each interval.
type Counted []world.Crossings

// Count sums the crowd and the visits for the lines of a rule. It copies; the world stays as it is.
func (r Rule) Count(room *world.Room, visits []world.Visit) Counted {
	n := 1
	if r.Apart {
		n = len(room.Doors)
	}
	c := make(Counted, n)
	for i := range c {
		c[i] = world.Crossings{In: make([]uint16, len(room.Inside)), Out: make([]uint16, len(room.Inside))}
	}
	for d, door := range room.Doors {
		to := c[min(d, n-1)]
		for t := range door.In {
			to.In[t] += door.In[t]
			to.Out[t] += door.Out[t]
		}
	}
	for _, v := range visits {
		c.Add(v)
	}
	return c
}

// Add lets a visit happen.
func (c Counted) Add(v world.Visit) { c.change(v, 1) }

// Take lets a visit not have happened.
func (c Counted) Take(v world.Visit) { c.change(v, ^uint16(0)) }

func (c Counted) change(v world.Visit, by uint16) {
	last := len(c) - 1
	for _, p := range v.Passes {
		if in := c[min(p.InDoor, last)].In; p.In < len(in) {
			in[p.In] += by
		}
		if out := c[min(p.OutDoor, last)].Out; p.Out < len(out) {
			out[p.Out] += by
		}
	}
}

// Play runs lines over the intervals from..to and calls see with what each publishes.
func Play(lines []Line, c Counted, from, to int, see func(line, interval int, s Shown)) {
	for t := from; t < to; t++ {
		for i, l := range lines {
			see(i, t, l.Step(t, uint32(c[i].In[t]), uint32(c[i].Out[t])))
		}
	}
}

// Ledger adds up one line: what was counted, and what was shown, corrections included.
type Ledger struct{ In, Out, ShownIn, ShownOut int64 }

// Book adds an interval.
func (b *Ledger) Book(in, out uint16, s Shown) {
	b.In += int64(in)
	b.Out += int64(out)
	b.ShownIn += int64(s.In) + int64(s.FixIn)
	b.ShownOut += int64(s.Out) + int64(s.FixOut)
}

// Lost is how many crossings are neither shown nor held, in and out together; what was invented
// counts as well.
func (b *Ledger) Lost(l Line) int64 {
	in, out := l.Held()
	return abs(b.In-b.ShownIn-in) + abs(b.Out-b.ShownOut-out)
}

// Broken is an error if released and held do not add up to counted, or more is shown than was
// counted.
func (b *Ledger) Broken(l Line) error {
	in, out := l.Held()
	if b.Lost(l) != 0 || in < 0 || out < 0 {
		return fmt.Errorf("publish: counted %d in, %d out; shown %d, %d; held %d, %d: that does not add up",
			b.In, b.Out, b.ShownIn, b.ShownOut, in, out)
	}
	return nil
}

func abs(n int64) int64 { return max(n, -n) }
