// Package release is the rule by which counts leave: so coarse that a person who comes alone cannot
// be seen in them, and so that no count is ever lost. It stands in the warden, between the tally of
// an interval and its record. It never opens a file, asks no clock and draws no randomness: time and
// the secret are arguments, and its state is a handful of integers that the caller keeps.
//
// Somebody who comes alone and goes again is one in and one out: nothing in the difference of the
// two, only in the pair. So the difference (the level) is published in steps of K with a hysteresis
// as wide as two steps, and pairs once a week, less a secret number that nobody can draw twice.
// Counts that are not published are carried. After each call
//
//	carried forward - carried backward = level - published level + imbalance
//	released + carried + surrendered = counted + adopted, for each direction
//
// hold, nothing that is carried is below zero, and so what is released is never ahead of what was
// counted.
//
// What it cannot protect is what Limits says.
//
// Numbers are bounded and never wrap. An interval publishes at most 65535 in a field, a level at
// most 65535, totals end at 2^32-1: what is above stays carried. What is carried ends at 2^53 a
// direction (24 million years of a door with a million crossings a day),
// where counts are no longer taken.
package release

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// Bounds of the state.
const (
	maxField = 65535   // of one published number
	maxCarry = 1 << 53 // of what is carried, a direction
	maxTotal = 1<<32 - 1
	quarters = 4 // slots of the shortest interval in the hour that the gate looks at
)

// Line is the release of one line of a device, or of a room whose doors are summed. The zero value
// is one that has seen nothing. It is not safe for several goroutines.
type Line struct {
	in, out   int64 // carried: counted and not released
	level     int64 // people inside by the counts, as far as they are believed
	shown     int64 // the published level
	imbalance int64 // what counting errors left over, until corrections release it
	until     int64 // end of what was seen, civil minutes; 0 is never
	opened    int64 // number of the day of the last opening, plus 1
	paired    int64 // number of the week of the last pairs, plus 1
	totalIn   int64
	totalOut  int64
	history   [quarters]uint16 // crossings of the last hour's slots, newest first: the gate
	adopted   int64            // published people whom doors brought since the last Step
	owed      int64            // and who left by doors that came back, more than are shown
	door      bool             // a door of a room that is alone
	raised    bool             // the level was raised since the last anchor
}

// Out is what a record says of a line for an interval. All are zero outside the window.
type Out struct {
	Forward, Backward                   uint32 // people: a multiple of K in at most one of them
	CorrectedForward, CorrectedBackward uint32 // booked as correction, not as people of this interval
	Level                               uint32 // published level; Level to Level+2K-2 people are there
}

// Step books what was counted in a slot and tells what is published of it. A door of a room whose
// head is away is not single; one door, summed doors and a room are. Time that lies between the last
// slot and this one is skipped first (see Skip).
//
// A slot that does not end after the last one, since the clock was set back or an hour comes twice,
// publishes nothing and moves no time: its counts are carried and published later. So do a slot that
// cannot be and a policy that Check refuses. The secret is that of this line alone (see Secret).
func (s *Line) Step(p *Policy, secret *[32]byte, slot Slot, single bool, forward, backward uint32) Out {
	if p.Check() != nil || !slot.valid() || slot.at()+p.minutes() <= s.until {
		s.count(forward, backward)
		s.history[0] = busier(s.history[0], forward, backward)
		return Out{}
	}
	s.Skip(p, slot, slot)
	s.become(int64(p.K), single)
	s.lift(int64(p.K), s.opened > slot.Day)
	end := slot.at() + p.minutes()
	copy(s.history[1:], s.history[:])
	s.history[0] = busier(0, forward, backward)
	s.count(forward, backward)
	s.settle(p, max(s.until, slot.at()), end)
	s.until = end
	var o Out
	if !p.inWindow(slot) {
		return o
	}
	if s.opened <= slot.Day {
		s.opened = slot.Day + 1
		s.correct(p, &o)
		if n := slot.Day / week; s.paired <= n {
			s.paired = n + 1
			s.pair(int64(p.K), int64(p.K)+dither(secret, n, p.M), &o)
		}
	}
	s.publish(p, &o)
	o.Level = uint32(max(s.shown, 0))
	return o
}

// count takes counts; above maxCarry it takes no more.
func (s *Line) count(forward, backward uint32) {
	f, b := min(int64(forward), maxCarry-s.in), min(int64(backward), maxCarry-s.out)
	s.in, s.out, s.level = s.in+f, s.out+b, s.level+f-b
}

// settle applies what the day brings in [from, to): nobody can be below zero, a line that is shown
// empty in the evening is, and at the anchor everybody has gone. A door of a room may let in whom
// another lets out, so it has no level to settle: its band only moves back to where it began.
func (s *Line) settle(p *Policy, from, to int64) {
	anchor := passed(from, to, p.Anchor)
	if s.door {
		if anchor {
			s.level, s.shown = s.level-s.shown, 0
		}
		return
	}
	if s.level < 0 || s.shown == 0 && passed(from, to, p.Evening) {
		s.imbalance, s.level = s.imbalance+s.level, 0
	}
	if anchor {
		s.imbalance, s.level, s.shown, s.raised = s.imbalance+s.level-s.shown, 0, 0, false
		s.adopted, s.owed = 0, 0
	}
}

// correct releases what counting errors left over, in steps of K, and keeps the remainder.
func (s *Line) correct(p *Policy, o *Out) {
	if s.door {
		return
	}
	k := int64(p.K)
	if s.imbalance > 0 {
		z := steps(min(s.imbalance, s.in, maxTotal-s.totalIn), k)
		o.CorrectedForward, s.imbalance, s.in, s.totalIn = uint32(z), s.imbalance-z, s.in-z, s.totalIn+z
		return
	}
	if s.raised { // it holds people whom lift added; the anchor gives them back
		return
	}
	z := steps(min(-s.imbalance, s.out, maxTotal-s.totalOut), k)
	o.CorrectedBackward, s.imbalance, s.out, s.totalOut = uint32(z), s.imbalance+z, s.out-z, s.totalOut+z
}

// steps rounds down to what a field can say, in whole steps.
func steps(n, k int64) int64 {
	n = min(n, maxField)
	return n - n%k
}

// pair releases those who came and went, less the dither. What corrections are still to release is
// none of them.
func (s *Line) pair(k, dither int64, o *Out) {
	n := min(s.in-max(s.imbalance/k*k, 0), s.out+min(s.imbalance/k*k, 0)) - dither
	n = min(n, maxField-int64(o.CorrectedForward), maxField-int64(o.CorrectedBackward), maxTotal-s.totalIn, maxTotal-s.totalOut)
	if n <= 0 {
		return
	}
	o.CorrectedForward, o.CorrectedBackward = o.CorrectedForward+uint32(n), o.CorrectedBackward+uint32(n)
	s.in, s.out, s.totalIn, s.totalOut = s.in-n, s.out-n, s.totalIn+n, s.totalOut+n
}

// publish moves the published level after the level, in steps of K. The last two bounds of each
// direction never bind in an ordinary stream; they keep the release behind the counts whatever was
// adopted, and whatever policy was before.
func (s *Line) publish(p *Policy, o *Out) {
	k, e := int64(p.K), s.level-s.shown
	if s.door && s.crossings(p) < p.gate() && e-(k-1) < p.gate() && (k-1)-e < p.gate() {
		return
	}
	switch {
	case e >= 2*k-1:
		d := steps(min(e-(k-1), maxField-s.shown, s.in, maxTotal-s.totalIn), k)
		o.Forward, s.shown, s.in, s.totalIn = uint32(d), s.shown+d, s.in-d, s.totalIn+d
	case e < 0:
		floor := int64(0)
		if s.door {
			floor = -maxField
		}
		d := steps(min(k*((-e+k-1)/k), s.shown-floor, s.out, maxTotal-s.totalOut), k)
		o.Backward, s.shown, s.out, s.totalOut = uint32(d), s.shown-d, s.out-d, s.totalOut+d
	}
}

// dither is the secret number of a week: below m, the same each time it is asked for, so cutting
// the power draws nothing anew.
func dither(secret *[32]byte, n int64, m int) int64 {
	h := hmac.New(sha256.New, secret[:])
	h.Write(strconv.AppendInt([]byte{'r'}, n, 10))
	return int64(binary.BigEndian.Uint64(h.Sum(nil)) % uint64(m))
}

// Secret gives each line of a device its own secret, since two lines with one dither would tell the
// difference of their pairs.
func Secret(device *[32]byte, line uint8) [32]byte {
	h := hmac.New(sha256.New, device[:])
	h.Write(append([]byte("tellijn.release.line"), line))
	return [32]byte(h.Sum(nil))
}
