// Package gate decides whether the camera may have power: only under a valid approval, at the hours of the
// device, and when the time is known. It switches nothing, reads no clock and opens no file: time and
// approval come in as arguments, and firmware/warden/watch does what it says. It never opens for any other
// reason, and there is no way to hold it open.
package gate

import (
	"fmt"
	"time"

	"tellijn/boards/plan"
	"tellijn/privacy/approval"
)

// Why says why the camera may have no power. The numbers are in the log of the device and are not given
// twice.
type Why uint8

// The reasons, in the order in which they are looked for: the first that holds is given.
const (
	Allowed       Why = 0 // it may have power
	NoTime        Why = 1 // nobody has told the time since the start
	NoApproval    Why = 2 // there is none that counts here
	OtherDevice   Why = 3 // it names other devices
	OtherGeometry Why = 4 // it is for other lines, zones or another size of a person
	Finer         Why = 5 // it wants coarser counts or longer records
	LongerHours   Why = 6 // it is for fewer hours
	NotYet        Why = 7 // it begins later
	Ended         Why = 8 // it has ended
	OutsideHours  Why = 9 // it is not the hour
)

// Last is the largest Why.
const Last = OutsideHours

// String says it in plain words.
func (w Why) String() string {
	words := [...]string{Allowed: "the camera may have power", NoTime: "the time is not known",
		NoApproval: "there is no approval that counts", OtherDevice: "the approval is for other devices",
		OtherGeometry: "the approval is for another geometry", Finer: "the approval wants coarser counts",
		LongerHours: "the approval is for fewer hours", NotYet: "the approval begins later", Ended: "the approval has ended",
		OutsideHours: "it is outside of the hours"}
	if int(w) >= len(words) {
		return fmt.Sprintf("reason %d", w)
	}
	return words[w]
}

// Approval tells whether w is about the approval: somebody has to decide something.
func (w Why) Approval() bool { return w >= NoApproval && w <= Ended }

// of is what the gate says for what is wrong with an approval.
func of(r approval.Reason) Why {
	switch r {
	case approval.Valid:
		return Allowed
	case approval.OtherDevice:
		return OtherDevice
	case approval.OtherGeometry:
		return OtherGeometry
	case approval.Finer:
		return Finer
	case approval.LongerHours:
		return LongerHours
	case approval.NotYet:
		return NotYet
	case approval.Ended:
		return Ended
	}
	return NoApproval
}

// Setup is what the gate goes by. It stays the same for a boot.
type Setup struct {
	Week  plan.Week      // hours of the device
	Zone  string         // of the place, by name
	Place *time.Location // the same
	// Board is the device as the approval is held against it; Hours are filled in from the above.
	Board approval.Board
	// Signed is the approval as it was found; empty for none.
	Signed []byte
}

// Gate is that of one device. It is used from one goroutine.
type Gate struct {
	hours    Hours
	approval *approval.Approval // nil without one that counts
	reason   approval.Reason    // of what does not depend on the time
	digest   [32]byte
	known    bool      // somebody has told the time since the start
	newest   time.Time // the latest that was seen while it was known
	now      period    // in which nothing changes, as far as the hours go
	open     bool      // in it
	span     period    // of the hours it lies in, if it is open
	next     int64     // opening after it, if it is not; 0 for none
}

// New begins closed.
func New(s Setup) *Gate {
	g := &Gate{hours: Hours{Week: s.Week, Place: s.Place}, digest: approval.Digest(s.Signed)}
	s.Board.Hours = Form(s.Week, s.Zone)
	if g.approval, g.reason = approval.Open(s.Signed, &s.Board); g.reason == approval.Valid {
		g.reason = g.approval.Fits(&s.Board)
	}
	return g
}

// Approval tells what the approval is worth at now, as the log of the device says it; test says that it is
// one for tests. What depends on the time is left out while that is not known.
func (g *Gate) Approval(now time.Time, known bool) (r approval.Reason, digest [32]byte, test bool) {
	r = g.reason
	if r == approval.Valid && known {
		r = g.approval.Holds(now)
	}
	return r, g.digest, g.approval != nil && g.approval.Test
}

// Decision is whether the camera may have power.
type Decision struct {
	Open bool
	Why  Why // Allowed if it is open
	// Next is when to look again: until then it stays so, unless the clock is set. Zero if time alone does
	// not change it.
	Next time.Time
}

// Back is how far the clock may go back without beginning a span of hours again that has ended: as far as
// firmware/warden/calendar lets it in one day. Who sets it back further means it.
const Back = 2 * time.Hour

// Decide tells whether the camera may have power now. known says that somebody has told the time since the
// start of the device; once it was known it is for this boot, since a clock that was right runs on. What
// ended does not begin again because the clock went back by up to Back.
func (g *Gate) Decide(now time.Time, known bool) Decision {
	if g.reason != approval.Valid {
		return Decision{Why: of(g.reason)}
	}
	if g.known = g.known || known; !g.known {
		return Decision{Why: NoTime}
	}
	if back := g.newest.Sub(now); g.newest.IsZero() || back <= 0 || back > Back {
		g.newest = now
	}
	if g.approval.Holds(now) == approval.NotYet {
		return Decision{Why: NotYet, Next: time.Unix(g.approval.From, 0)}
	}
	if g.approval.Holds(g.newest) == approval.Ended {
		return Decision{Why: Ended}
	}
	if t := now.Unix(); t < g.now.from || t >= g.now.to {
		g.look(t)
	}
	switch {
	case g.open && g.newest.Unix() < g.span.to:
		return Decision{Open: true, Next: time.Unix(min(g.span.to, g.approval.Until), 0)}
	case g.open: // the clock went back into a span that has ended
		return Decision{Why: OutsideHours, Next: g.newest}
	case g.next == 0 || g.next >= g.approval.Until:
		return Decision{Why: OutsideHours, Next: time.Unix(g.approval.Until, 0)}
	}
	return Decision{Why: OutsideHours, Next: time.Unix(g.next, 0)}
}

// look finds what holds around t, so that a decision costs nothing until that ends.
func (g *Gate) look(t int64) {
	g.span, g.open, g.next = g.hours.at(t)
	g.now = g.span
	if !g.open {
		g.next = g.span.to // of the pause
		if g.next == never {
			g.next, g.now.to = 0, t+hour // what lies further ahead may come nearer
		}
	}
}
