package desk

import (
	"time"

	"tellijn/firmware/warden/book"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
)

// Make lets one interval through the rule, signs what may be known of it, and gives the envelopes that
// go with it. next is changed to what it leads to.
func (s *Setup) Make(next *State, i *book.Closed, sequence uint32, log record.Log, at Stamp) (signed []byte, letters [][]byte, err error) {
	r := record.Record{
		Version: record.Version, Device: s.Device, Boot: s.Boot, Sequence: sequence,
		From: i.From.Unix(), To: i.To.Unix(), Interval: uint32(s.Policy.Interval / time.Second),
		Lines: make([]record.Line, s.Lines), Zones: make([]uint16, s.Zones),
		Coverage: record.Percent(i.Cycles, i.Expected), Dropped: record.Class(i.Dropped), Damaged: record.Class(i.Damaged),
		Lifetime: record.Lifetime{Worst: micros(i.Lifetime.Worst), P999: micros(i.Lifetime.P999)},
		Camera: record.Camera{Kind: "camera", Driver: s.Driver, Width: i.Stream.Width, Height: i.Stream.Height,
			Pixel: i.Stream.Pixel.String()},
		Firmware: s.Firmware, Previous: next.tail, Simulated: s.Simulated,
		Rule:  record.Rule{K: uint8(s.Policy.K), Room: s.Room},
		Clock: at.Clock, Uptime: uint32(at.Uptime / time.Second), Lost: next.Lost, Log: log,
	}
	slot := Slot(i.From, s.Location)
	if i.To.Sub(i.From) < s.Policy.Interval {
		// The first interval of a boot is a part of one. Nothing is published for less than a whole one:
		// its counts are carried into the next.
		slot = release.Slot{Day: -1}
	}
	letters, err = s.release(next, i, slot, &r, at)
	if err != nil {
		return nil, nil, err
	}
	for z := range r.Zones {
		r.Zones[z] = next.zones[z].Step(&s.Policy, slot, i.Inside[z])
	}
	r.Quality = next.marks(i.Quality, slot, &s.Policy)
	if signed, err = record.Seal(s.Key, &r); err != nil {
		return nil, nil, err
	}
	next.tail = record.HashOf(signed)
	return signed, letters, nil
}

// release fills the lines of r.
func (s *Setup) release(next *State, i *book.Closed, slot release.Slot, r *record.Record, at Stamp) (letters [][]byte, err error) {
	for l := range r.Lines {
		r.Lines[l].TotalForward, r.Lines[l].TotalBackward = next.Lines[l].TotalForward(), next.Lines[l].TotalBackward()
	}
	late := next.Restored
	next.Restored = [2]uint32{}
	p := s.Post
	if p == nil {
		next.Lines[0].Late(late[0], late[1]) // of a room that is no more
		for l := range r.Lines {
			s.step(next, r, l, slot, true, i.Lines[l].Forward, i.Lines[l].Backward)
		}
		return nil, nil
	}
	r.Rule.Doors = uint8(p.Doors())
	forward, backward := i.Sum()
	forward, backward = forward+late[0], backward+late[1]
	if p.Head() {
		given := next.Head.Take(i.From.Unix(), s.anchor(i.From).Unix(), s.Policy.Interval)
		r.Rule.Mode, r.Rule.Heard = record.ModeRoom, uint8(given.Heard)
		next.Lines[0].Skip(&s.Policy, slot, slot)
		given.Give(&next.Lines[0])
		s.step(next, r, 0, slot, true, forward+given.Now.Forward, backward+given.Now.Backward)
		return next.Head.Receipts(p, at.Now.Unix())
	}
	if next.Door.Close(i.From.Unix(), forward, backward, next.Lines[0].Surrender) {
		r.Rule.Mode = record.ModeMember
	} else {
		r.Rule.Mode = record.ModeAlone
		s.step(next, r, 0, slot, false, forward, backward)
	}
	return next.Door.Send(p, at.Uptime, s.Policy.Interval)
}

// step lets the counts of a line through the rule.
func (s *Setup) step(next *State, r *record.Record, l int, slot release.Slot, single bool, forward, backward uint32) {
	secret := release.Secret(&s.Secret, uint8(l))
	line := &next.Lines[l]
	o := line.Step(&s.Policy, &secret, slot, single, forward, backward)
	if slot.Day < 0 {
		o.Level = line.Level()
	}
	r.Lines[l] = record.Line{Forward: o.Forward, Backward: o.Backward, CorrectedForward: o.CorrectedForward,
		CorrectedBackward: o.CorrectedBackward, Level: o.Level,
		TotalForward: line.TotalForward(), TotalBackward: line.TotalBackward()}
}

// marks gives the quality of an interval without what would tell of a lone person: those marks are
// collected and told once a week.
func (n *State) marks(quality uint32, slot release.Slot, p *release.Policy) uint32 {
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
func (s *Setup) anchor(from time.Time) time.Time {
	t := from.In(s.Location)
	at := time.Date(t.Year(), t.Month(), t.Day(), 0, s.Policy.Anchor, 0, 0, s.Location)
	if !at.Before(t) {
		at = time.Date(t.Year(), t.Month(), t.Day()-1, 0, s.Policy.Anchor, 0, 0, s.Location)
	}
	return at
}

// micros gives the class of a lifetime in microseconds.
func micros(us uint32) uint8 { return record.Milliseconds(time.Duration(us) * time.Microsecond) }
