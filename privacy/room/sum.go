package room

import (
	"encoding/binary"
	"math"
	"time"

	"tellijn/privacy/room/message"
)

// Sum is what the other doors gave since the Sum before. Who releases it calls Skip of the room's
// release.Line up to the slot, then Give, then Step with Forward and Backward added to what the head
// counted itself.
type Sum struct {
	Now          Part // of intervals since the last anchor; Forward and Backward are at most 2^31
	Late         Part // of intervals before: those people have gone home. Its Level is history
	Heard, Doors int  // doors whose tally of the interval is in some Sum so far, of how many; with the head
}

// Part adds up tallies. Level is folded as release.Line.Surrender does it.
type Part struct{ Forward, Backward, In, Out, Level uint32 }

// Line is the release of the room, a release.Line.
type Line interface {
	// Adopt takes what a door carried and showed of its own.
	Adopt(in, out uint32, level uint32)
	// Late takes counts of a time before the last anchor.
	Late(forward, backward uint32)
}

// Give hands l all of s but Now.Forward and Now.Backward, which are for Step.
func (s *Sum) Give(l Line) {
	l.Late(s.Late.Forward, s.Late.Backward)
	l.Late(s.Late.In, s.Late.Out)
	l.Adopt(s.Now.In, s.Now.Out, s.Now.Level)
}

// Take gives what was booked since the Take before, for the release of the interval that began at
// from, and begins a new sum. anchor is the beginning of the last interval before this one in which
// the day's anchor lay; both are Unix seconds. Commit Head and release.Line together.
func (h *Head) Take(from, anchor int64, interval time.Duration) Sum {
	s := Sum{Heard: 1, Doors: h.doors + 1}
	for _, b := range h.sum {
		if b.from < anchor {
			s.Late.add(b)
		} else {
			s.Now.add(b)
		}
	}
	h.sum = sum{}
	long := int64(interval / time.Second)
	for i := range h.peers[:h.doors] {
		// A door whose clock is ahead may be heard of the next interval already; beyond that its clock
		// is wrong, and says nothing of this interval.
		if d := &h.peers[i]; d.last > 0 && d.from >= from && d.from < from+2*long {
			s.Heard++
		}
	}
	return s
}

// sum is what is booked and not taken, by interval: which of them are late is known when it is taken.
// A place without counts, carry and level is free.
type sum [MaxKept]tally

// add gives false, and changes nothing, when there is no place, or a field would not hold it. Then
// the tally is not booked before the next release. An empty sum takes any tally.
func (s *sum) add(t message.Tally) bool {
	place := -1
	for i := range s {
		switch {
		case s[i].from == t.From && !s[i].free():
			place = i
		case s[i].free() && place < 0:
			place = i
		}
	}
	all := tally{forward: t.Forward, backward: t.Backward, in: t.In, out: t.Out}
	for i := range s {
		if !all.plus(&s[i]) {
			return false
		}
	}
	if place < 0 {
		return false
	}
	b := &s[place]
	b.from = t.From
	return b.plus(&tally{forward: t.Forward, backward: t.Backward, in: t.In, out: t.Out, level: t.Level})
}

func (p *Part) add(t tally) {
	b := tally{forward: p.Forward, backward: p.Backward, in: p.In, out: p.Out, level: p.Level}
	b.plus(&t) // add of sum has seen that all of them fit
	*p = Part{b.forward, b.backward, b.in, b.out, b.level}
}

// Sizes of the states in bytes, and the version of both.
const (
	version     = 1
	refusedSize = 6 * 4
	doorSize    = 1 + 16 + 2*4 + 8 + 3 + refusedSize // and tallySize for each that is kept
	tallySize   = 8 + 5*4
	headSize    = 1 + 8 + refusedSize + 2 // and peerSize for each door, tallySize for each interval in the sum
	peerSize    = 16 + 4 + 8
	MaxState    = headSize + MaxDoors*peerSize + MaxKept*tallySize // bytes of a state, of either side, at most
)

// tally is a message.Tally without what all of one door share.
type tally struct {
	from              int64
	forward, backward uint32
	in, out, level    uint32
}

func (t *tally) free() bool { return *t == tally{from: t.from} }

// plus adds o to t, or gives false and changes nothing. Crossings end at half of what a number holds,
// since the head adds its own to them.
func (t *tally) plus(o *tally) bool {
	if o.forward > 1<<31-t.forward || o.backward > 1<<31-t.backward ||
		o.in > math.MaxUint32-t.in || o.out > math.MaxUint32-t.out {
		return false
	}
	t.forward, t.backward, t.in, t.out = t.forward+o.forward, t.backward+o.backward, t.in+o.in, t.out+o.out
	t.level = fold(unfold(t.level) + unfold(o.level))
	return true
}

// fold writes a level so that small ones stay small: 0, -1, 1, -2 are 0, 1, 2, 3. It ends where the
// number does; no release comes near.
func fold(n int64) uint32 {
	n = min(max(n, math.MinInt32), math.MaxInt32)
	return uint32(n<<1 ^ n>>63)
}

func unfold(u uint32) int64 { return int64(u>>1) ^ -int64(u&1) }

func (t *tally) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(t.from))
	for _, n := range [...]uint32{t.forward, t.backward, t.in, t.out, t.level} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

// read gives false when no tally begins then.
func (t *tally) read(r *reader) bool {
	*t = tally{r.eight(), r.four(), r.four(), r.four(), r.four(), r.four()}
	return t.from >= 0 && t.from <= message.MaxTime
}

func (r *Refused) append(b []byte) []byte {
	for _, n := range r.all() {
		b = binary.BigEndian.AppendUint32(b, *n)
	}
	return b
}

func (r *Refused) read(from *reader) {
	for _, n := range r.all() {
		*n = from.four()
	}
}

// reader takes fixed sizes off a state whose length was checked.
type reader []byte

func (r *reader) next(n int) []byte {
	b := (*r)[:n]
	*r = (*r)[n:]
	return b
}

func (r *reader) four() uint32 { return binary.BigEndian.Uint32(r.next(4)) }
func (r *reader) eight() int64 { return int64(binary.BigEndian.Uint64(r.next(8))) }
