package intake_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/record"
	"tellijn/tools/collector/clock"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/intake"
)

const day = 24 * time.Hour

// refused sends a batch that must get no answer at all, and sweeps, which must do nothing.
func refused(t *testing.T, c *collectortest.Collector, d *collectortest.Device, things ...[]byte) {
	t.Helper()
	b, err := batch.Encode(d.Pack(things...))
	if err != nil {
		t.Fatal(err)
	}
	before := state(t, c, d.Name)
	if a, err := c.Handle(d.Name, b); a != nil || !errors.Is(err, intake.ErrUnavailable) || !errors.Is(err, clock.ErrDoubted) {
		t.Errorf("%d bytes of an answer, %v", len(a), err)
	}
	if n, err := c.Sweep(); n != 0 || !errors.Is(err, intake.ErrUnavailable) {
		t.Errorf("%d items are deleted, %v", n, err)
	}
	if s := state(t, c, d.Name); s.Stored != before.Stored || s.Refused != before.Refused || !s.Seen.Equal(before.Seen) {
		t.Errorf("%+v, before %+v", s, before)
	}
}

// The clock of the collector is wrong by years for a moment, either way, while it runs and when it starts:
// nothing is refused, nothing is deleted, and the device's next try is taken.
func TestClockWrongForAMoment(t *testing.T) {
	for name, wrong := range map[string]time.Duration{"ten years ahead": 3650 * day, "401 days ahead": 401 * day, "25 hours back": -25 * time.Hour, "three years back": -1000 * day} {
		for _, restart := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				c, d := start(t, "door")
				c.Take(d, d.Record(nil), d.Entry())
				fresh, right := d.Record(nil), d.At
				again := func() {
					if restart {
						c.Restart()
					}
				}
				again()
				c.At = right.Add(wrong)
				refused(t, c, d, fresh)
				again()
				c.At = right
				got, _ := c.Open(d.Pack(fresh))
				want(t, got, 0)
				if all, _ := held(t, c, d, batch.Record); len(all) != 2 {
					t.Errorf("%d records", len(all))
				}
			})
		}
	}
}

// A clock that goes ahead by what an outage may have been: batches are taken, but nothing is refused for
// its age or deleted until the clock has stayed, and when it is put right nothing has happened.
func TestClockOnTrial(t *testing.T) {
	for _, tc := range []struct {
		ahead   time.Duration
		restart bool
	}{{30 * day, false}, {45 * day, false}, {90 * day, true}, {399 * day, true}} {
		c, d := start(t, "door")
		begin := c.At
		d.At = begin.Add(-390 * day)
		d.Reboot()
		oldest := d.Record(nil)
		d.At = begin
		d.Reboot()
		young := d.Record(nil)
		got, _ := c.Take(d, young)
		want(t, got, 0)
		if tc.restart {
			c.Restart()
		}
		c.At = begin.Add(tc.ahead)
		got, _ = c.Open(d.Pack(oldest)) // of 390 days ago, and by this clock of more than 400
		want(t, got, 0)
		if n, err := c.Sweep(); n != 0 || err != nil {
			t.Errorf("%v ahead: %d items are deleted, %v", tc.ahead, n, err)
		}
		c.At = begin.Add(time.Hour) // put right
		got, _ = c.Open(d.Pack(d.Record(nil)))
		want(t, got, 0)
		if text, doubted, err := c.Clock().Word(); text != "" || doubted || err != nil {
			t.Errorf("%q, %v, %v", text, doubted, err)
		}
		c.Restart()
		c.At = begin.Add(tc.ahead) // and this time it is right
		c.Clock().Read()
		for range 8 {
			c.At = c.At.Add(day)
			c.Clock().Read()
		}
		got, _ = c.Open(d.Pack(d.Record(func(r *record.Record) { r.From, r.To = r.From-395*86400, r.To-395*86400 })))
		want(t, got, batch.Time)
	}
}

// What is old by a clock on trial stays, items and envelopes, and goes when the clock has stayed.
func TestTrialDeletesNothing(t *testing.T) {
	c, _, east, _, _ := hall(t)
	c.Take(east, east.Record(nil))
	c.Until(c.At.Add(390 * day))
	got, _ := c.Open(east.Pack(east.Tally("head", 1)))
	want(t, got, 0)
	for n := range 9 {
		if n == 0 {
			c.At = c.At.Add(30 * day)
		} else {
			c.At = c.At.Add(day)
		}
		gone, err := c.Sweep()
		if whole := n == 7; err != nil || (gone == 2) != whole || !whole && gone != 0 {
			t.Errorf("day %d: %d are deleted, %v", n, gone, err)
		}
	}
}

// A collector that was off for longer than anybody would be: an operator says that the clock is right, and
// then what is old goes.
func TestClockConfirmed(t *testing.T) {
	c, d := start(t, "door")
	old := d.Record(nil)
	c.Take(d, old)
	c.Restart()
	c.At = c.At.Add(500 * day)
	d.At = c.At
	d.Reboot()
	refused(t, c, d, d.Record(nil))
	if _, err := c.Clock().Confirm(); err != nil {
		t.Fatal(err)
	}
	got, _ := c.Open(d.Pack(d.Record(nil)))
	want(t, got, 0)
	if n, err := c.Sweep(); n != 1 || err != nil {
		t.Errorf("%d items are deleted, %v", n, err)
	}
	got, _ = c.Open(d.Pack(old))
	want(t, got, batch.Time)
}

// A record of a time that has not come is signed: it is stored and marked.
func TestFromAhead(t *testing.T) {
	for name, tc := range map[string]struct {
		ahead  time.Duration
		clock  uint8
		marked bool
	}{
		"two days":            {intake.Ahead, record.ClockKnown, false},
		"more":                {intake.Ahead + time.Second, record.ClockKnown, true},
		"years":               {4000 * day, record.ClockKnown, true},
		"years, clock held":   {4000 * day, record.ClockHeld, false},
		"years, clock is not": {4000 * day, record.ClockUnknown, false},
		"years, drawn":        {4000 * day, record.ClockKnown, false},
	} {
		c, d := collectortest.New(t), collectortest.NewDevice(t, "door", collectortest.Start())
		c.Simulated, d.Simulated = name == "years, drawn", name == "years, drawn"
		c.Enrol(d, false)
		s := int64(tc.ahead / time.Second)
		b := d.Record(func(r *record.Record) { r.From, r.To, r.Clock = r.From+s, r.To+s, tc.clock })
		c.At = d.At
		got, _ := c.Open(d.Pack(b))
		want(t, got, 0)
		got, _ = c.Open(d.Pack(b, d.Record(nil)))
		want(t, got, 0, 0)
		if a := alarms(t, c, "door"); slices.Contains(a, intake.FromAhead) != tc.marked || len(a) > 1 {
			t.Errorf("%s: alarms %q", name, a)
		}
		if n := state(t, c, "door").Alarms[uint8(intake.FromAhead)].Times; tc.marked && n != 1 {
			t.Errorf("%s: %d times", name, n)
		}
	}
}
