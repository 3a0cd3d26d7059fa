package release

import (
	"testing"
	"time"
	_ "time/tzdata" // places, also where the machine has none
)

// local gives the slot of an interval that starts at a moment.
func local(at time.Time) Slot {
	y, m, d := at.Date()
	return Slot{time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400, at.Hour()*60 + at.Minute()}
}

// TestDaysOfClockChange asserts that each moment of the day takes effect once a day, in the interval
// that contains it, on days of 23, 24 and 25 hours, of 23.5 and 24.5, and where hours begin at half.
func TestDaysOfClockChange(t *testing.T) {
	for _, c := range []struct{ place, from string }{
		{"Europe/Amsterdam", "2026-03-28"}, {"Europe/Amsterdam", "2026-10-24"}, {"Australia/Lord_Howe", "2026-04-04"},
		{"Australia/Lord_Howe", "2026-10-03"}, {"Asia/Kolkata", "2026-05-01"}, {"Asia/Kathmandu", "2026-05-01"},
	} {
		place, err := time.LoadLocation(c.place)
		if err != nil {
			t.Fatal(err)
		}
		first, err := time.ParseInLocation(time.DateOnly, c.from, place)
		if err != nil {
			t.Fatal(err)
		}
		for _, minutes := range []time.Duration{15, 20, 30, 60} {
			p := Default()
			p.Interval = minutes * time.Minute
			day(t, c.place, &p, first)
		}
	}
}

// day lets three people in per interval for four days and looks when the level starts again, when
// something is published first and last, and when corrections are.
func day(t *testing.T, place string, p *Policy, first time.Time) {
	var s Line
	var in, released uint32
	contains := func(slot Slot, minute int) bool {
		from := int64(slot.Minute)
		return from <= int64(minute) && int64(minute) < from+p.minutes()
	}
	anchors, openings, seen := 0, 0, Slot{}
	from := first.UTC().Truncate(p.Interval).Add(p.Interval) // intervals are whole in UTC
	for at := from; at.Before(first.AddDate(0, 0, 4)); at = at.Add(p.Interval) {
		slot := local(at.In(first.Location()))
		was := s.level
		o := s.Step(p, &[32]byte{1}, slot, true, 3, 0)
		in, released = in+3, released+o.Forward+o.CorrectedForward
		if s.level < was {
			anchors++
			if !contains(slot, p.Anchor) {
				t.Errorf("%s, %v: anchor in %v", place, p.Interval, slot)
			}
		}
		if o.CorrectedForward > 0 {
			openings++
			if !contains(slot, p.Open) {
				t.Errorf("%s, %v: corrections in %v", place, p.Interval, slot)
			}
		}
		if open := o.Level > 0; open != (slot.Minute > p.Open-int(p.minutes()) && slot.Minute+int(p.minutes()) <= p.Close) {
			t.Errorf("%s, %v: level %d in %v", place, p.Interval, o.Level, slot)
		}
		if carried, _ := s.Carried(); int64(released)+carried != int64(in) {
			t.Fatalf("%s, %v: released %d, carried %d of %d", place, p.Interval, released, carried, in)
		}
		seen = slot
	}
	if anchors != 4 || openings != 4 || seen.Day == 0 {
		t.Errorf("%s, %v: %d anchors and %d openings with corrections in 4 days", place, p.Interval, anchors, openings)
	}
}

// TestClockSetBack asserts that nothing is published twice or anew while the clock is behind, and
// nothing is lost.
func TestClockSetBack(t *testing.T) {
	p, secret := Default(), [32]byte{9}
	var s Line
	s.Step(&p, &secret, Slot{20, 600}, true, 10, 0)
	for _, slot := range []Slot{{20, 600}, {20, 585}, {13, 450}, {0, 0}, {-5, 600}, {20, 1440}, {maxDay + 1, 600}} {
		if o := s.Step(&p, &secret, slot, true, 7, 0); o != (Out{}) {
			t.Errorf("%v after day 20: published %+v", slot, o)
		}
	}
	if in, _ := s.Carried(); in != 4+7*7 {
		t.Errorf("carried %d, want 53", in)
	}
	if o := s.Step(&p, &secret, Slot{20, 615}, true, 0, 0); o != (Out{Forward: 51, Level: 57}) {
		t.Errorf("once time goes on: %+v, want 51 forward, level 57", o)
	}
	before := s
	s.Skip(&p, Slot{3, 0}, Slot{20, 600})
	s.Skip(&p, Slot{21, 0}, Slot{20, 700})
	s.Skip(&p, Slot{-1, 0}, Slot{21, 0})
	if s != before {
		t.Error("time that goes back was skipped")
	}
}

// TestPowerOff asserts what a gap does: evenings and anchors are applied, an opening is made up for
// on the same day or the next, its pairs once for each week.
func TestPowerOff(t *testing.T) {
	p, secret := Default(), [32]byte{7}
	for name, c := range map[string]struct {
		to              Slot
		level, forward  uint32 // published level, corrections but for pairs
		pairs, silently bool
	}{
		"off for an hour":                       {to: Slot{8, 780}, level: 27},
		"off from noon to the evening":          {to: Slot{8, 1200}, level: 27},
		"off over night until noon":             {to: Slot{9, 720}, forward: 3},
		"off over the first opening of a week":  {to: Slot{14, 720}, forward: 3, pairs: true},
		"off until the middle of another week":  {to: Slot{24, 900}, forward: 3, pairs: true},
		"off over three weeks, until the night": {to: Slot{29, 120}, silently: true},
	} {
		for _, byHand := range []bool{false, true} {
			var s Line
			s.Step(&p, &secret, Slot{8, 300}, true, 1000, 1000)
			s.Step(&p, &secret, Slot{8, 705}, true, 31, 0) // 27 are published, 4 carried
			if byHand {
				s.Skip(&p, Slot{8, 720}, c.to)
			}
			o := s.Step(&p, &secret, c.to, true, 0, 0)
			pairs := o.CorrectedBackward
			if o.Forward+o.Backward != 0 || o.Level != c.level || o.CorrectedForward-pairs != c.forward || (pairs > 0) != c.pairs {
				t.Errorf("%s: %+v", name, o)
			}
			if pairs > 0 && (pairs < 1000-102 || pairs > 1000-3) {
				t.Errorf("%s: %d pairs of 1000", name, pairs)
			}
			again := s.Step(&p, &secret, Slot{c.to.Day, c.to.Minute + 15}, true, 0, 0)
			if again.CorrectedForward+again.CorrectedBackward != 0 {
				t.Errorf("%s: a second opening: %+v", name, again)
			}
			if in, _ := s.Carried(); c.silently && in != 1000+4 {
				t.Errorf("%s: carried %d, want 1004", name, in)
			}
		}
	}
}
