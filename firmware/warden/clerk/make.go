package clerk

import (
	"time"

	"tellijn/firmware/warden/book"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
)

// make lets one interval through the rule, signs what may be known of it, and gives the envelopes that
// go with it. next is changed to what it leads to.
func (c *Clerk) make(next *state, i *book.Closed, sequence uint32, at Stamp) (signed []byte, letters [][]byte, err error) {
	r := record.Record{
		Version: record.Version, Device: c.s.Device, Boot: c.s.Boot, Sequence: sequence,
		From: i.From.Unix(), To: i.To.Unix(), Interval: uint32(c.s.Policy.Interval / time.Second),
		Lines: make([]record.Line, c.s.Lines), Zones: make([]uint16, c.s.Zones),
		Coverage: record.Percent(i.Cycles, i.Expected), Dropped: record.Class(i.Dropped), Damaged: record.Class(i.Damaged),
		Lifetime: record.Lifetime{Worst: micros(i.Lifetime.Worst), P999: micros(i.Lifetime.P999)},
		Camera: record.Camera{Kind: "camera", Driver: c.s.Driver, Width: i.Stream.Width, Height: i.Stream.Height,
			Pixel: i.Stream.Pixel.String()},
		Firmware: c.firmware, Previous: next.tail, Simulated: c.s.Simulated,
		Rule:  record.Rule{K: uint8(c.s.Policy.K), Room: c.s.Room},
		Clock: at.Clock, Uptime: uint32(at.Uptime / time.Second), Lost: next.lost,
	}
	slot := Slot(i.From, c.s.Location)
	letters, err = c.release(next, i, slot, &r, at)
	if err != nil {
		return nil, nil, err
	}
	for z := range r.Zones {
		r.Zones[z] = next.zones[z].Step(&c.s.Policy, slot, i.Inside[z])
	}
	r.Quality = next.marks(i.Quality, slot, &c.s.Policy)
	r.Log = record.Log{Entries: c.entries.head.Number, Head: c.entries.head.Hash}
	if signed, err = record.Seal(c.s.Key, &r); err != nil {
		return nil, nil, err
	}
	next.tail = hash(signed)
	return signed, letters, nil
}

// release fills the lines of r.
func (c *Clerk) release(next *state, i *book.Closed, slot release.Slot, r *record.Record, at Stamp) (letters [][]byte, err error) {
	p := c.s.Post
	if p == nil {
		for l := range r.Lines {
			c.step(next, r, l, slot, true, i.Lines[l].Forward, i.Lines[l].Backward)
		}
		return nil, nil
	}
	r.Rule.Doors = uint8(p.Doors())
	forward, backward := sum(i.Lines)
	if p.Head() {
		s := next.head.Take(i.From.Unix(), c.anchor(i.From).Unix(), c.s.Policy.Interval)
		r.Rule.Mode, r.Rule.Heard = record.ModeRoom, uint8(s.Heard)
		next.lines[0].Skip(&c.s.Policy, slot, slot)
		s.Give(&next.lines[0])
		late := next.restored
		next.restored = [2]uint32{}
		c.step(next, r, 0, slot, true, forward+s.Now.Forward+late[0], backward+s.Now.Backward+late[1])
		return next.head.Receipts(p, at.Now.Unix())
	}
	if next.door.Close(i.From.Unix(), forward, backward, next.lines[0].Surrender) {
		r.Rule.Mode = record.ModeMember
		r.Lines[0].TotalForward, r.Lines[0].TotalBackward = next.lines[0].TotalForward(), next.lines[0].TotalBackward()
	} else {
		r.Rule.Mode = record.ModeAlone
		c.step(next, r, 0, slot, false, forward, backward)
	}
	return next.door.Send(p, at.Uptime, c.s.Policy.Interval)
}

// step lets the counts of a line through the rule.
func (c *Clerk) step(next *state, r *record.Record, l int, slot release.Slot, single bool, forward, backward uint32) {
	secret := release.Secret(&c.s.Secret, uint8(l))
	line := &next.lines[l]
	o := line.Step(&c.s.Policy, &secret, slot, single, forward, backward)
	r.Lines[l] = record.Line{Forward: o.Forward, Backward: o.Backward, CorrectedForward: o.CorrectedForward,
		CorrectedBackward: o.CorrectedBackward, Level: o.Level,
		TotalForward: line.TotalForward(), TotalBackward: line.TotalBackward()}
}

// marks gives the quality of an interval without what would tell of a lone person: those marks are
// collected and told once a week.
func (n *state) marks(quality uint32, slot release.Slot, p *release.Policy) uint32 {
	n.weekly |= quality & record.Weekly
	quality &^= record.Weekly
	if week := slot.Day / 7; slot.Minute >= p.Open && slot.Minute < p.Close && n.week <= week {
		if n.week != 0 {
			quality |= n.weekly
		}
		n.week, n.weekly = week+1, 0
	}
	return quality
}

// Slot is the place of a moment in the days of where the door is.
func Slot(t time.Time, place *time.Location) release.Slot {
	t = t.In(place)
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86_400
	return release.Slot{Day: day, Minute: t.Hour()*60 + t.Minute()}
}

// anchor is the last moment before an interval at which everybody had gone home.
func (c *Clerk) anchor(from time.Time) time.Time {
	t := from.In(c.s.Location)
	at := time.Date(t.Year(), t.Month(), t.Day(), 0, c.s.Policy.Anchor, 0, 0, c.s.Location)
	if !at.Before(t) {
		at = time.Date(t.Year(), t.Month(), t.Day()-1, 0, c.s.Policy.Anchor, 0, 0, c.s.Location)
	}
	return at
}

// micros gives the class of a lifetime in microseconds.
func micros(us uint32) uint8 { return record.Milliseconds(time.Duration(us) * time.Microsecond) }
