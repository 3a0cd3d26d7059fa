package measure

import (
	"math"
	"slices"
	"testing"

	"tellijn/tools/campus/attack"
	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

func campus(t *testing.T) *world.Campus {
	t.Helper()
	c, err := world.Build(3, 40, 15)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestGame(t *testing.T) {
	c := campus(t)
	each := publish.Device()
	each.Apart = true
	lost, several := int64(0), 0
	for i := range c.Rooms {
		r := &c.Rooms[i]
		visits := c.Visits(r, 0)
		for _, rule := range []publish.Rule{publish.Device(), each} {
			g := Play(rule, c, r, 0, visits)
			if g.Broken != nil {
				t.Errorf("%v", g.Broken)
			}
			several += len(g.Lines) - 1
			all := g.Together()
			for at := range all {
				var in int32
				for _, line := range g.Shown {
					in += line[at].In
				}
				if all[at].In != in {
					t.Fatalf("room %d, interval %d: %d in together, %d by lines", r.Number, at, all[at].In, in)
				}
			}
		}
		g := Play(publish.Threshold(5), c, r, 0, visits)
		if lost += g.Ledgers[0].Lost(g.Lines[0]); g.Broken == nil {
			t.Errorf("room %d: a threshold lost nothing", r.Number)
		}
	}
	if lost == 0 || several == 0 {
		t.Errorf("%d crossings lost by thresholds, %d lines beside the first", lost, several)
	}
}

// TestTruth: visitors are inside while they are, and raw counts without misses are the truth.
func TestTruth(t *testing.T) {
	c := campus(t)
	r := &c.Rooms[0]
	for i := range r.Inside {
		r.Inside[i] = 0
	}
	for _, d := range r.Doors {
		clear(d.In)
		clear(d.Out)
	}
	g := Play(publish.Raw(), c, r, 0, []world.Visit{{Day: 1, From: 170, Passes: []world.Pass{{In: 170, Out: 172}, {In: 171, Out: 171}}}})
	want := map[int]int32{169: 0, 170: 1, 171: 1, 172: 0}
	for at, n := range want {
		if g.Inside[at] != n || g.Guess[at] != n {
			t.Errorf("interval %d: %d inside, guessed %d, want %d", at, g.Inside[at], g.Guess[at], n)
		}
	}
	if u := g.Use.Shares(); u.Open.Mean != 0 || u.Open.Max != 0 || u.EmptyUsed != 0 {
		t.Errorf("raw counts without misses: %+v", u)
	}
	if !g.ShownEmpty(170) || g.Busiest(160, 180) != 0 {
		t.Error("a visit counts as crowd, or raw counts have a level")
	}
}

// TestTwins: a visit shows in raw counts, with and without it; afterwards all is as it was.
func TestTwins(t *testing.T) {
	c := campus(t)
	var raw, device Glimpses
	for i := range c.Rooms {
		r := &c.Rooms[i]
		visits := c.Visits(r, 0)
		g, d := Play(publish.Raw(), c, r, 0, visits), Play(publish.Device(), c, r, 0, visits)
		before := slices.Clone(g.counted[0].In)
		for _, v := range visits[:len(visits)-1] {
			raw.See(g.Without(v))
			device.See(d.Without(v))
		}
		if s := g.With(c.Group(r, 1, 5, 2)); !s.Hour {
			t.Errorf("room %d: five come, and raw counts do not show it", r.Number)
		}
		if !slices.Equal(before, g.counted[0].In) {
			t.Fatalf("room %d: what is counted has changed", r.Number)
		}
	}
	if raw.Share() != 1 || raw.Visits < 100 {
		t.Errorf("raw counts show %.3f of %d visits", raw.Share(), raw.Visits)
	}
	if device.Share() > 0.05 {
		t.Errorf("the device shows %.3f of the visits", device.Share())
	}
}

func TestSeen(t *testing.T) {
	rooms := make([]Glimpses, 4)
	for i := range 40 {
		rooms[i%4].See(attack.Seen{Day: i%4 == 0, Hour: i == 0, Weekly: i < 10})
	}
	s := Shares(rooms)
	want := Seen{Visits: 40, Hour: 0.025, Day: 0.25, Weekly: 0.25}
	// One room of four shows all: four trials, not forty.
	if want.Error = math.Sqrt(7.5*7.5+3*2.5*2.5) / 40; s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	if none := Shares(nil); none != (Seen{}) {
		t.Errorf("of nothing: %+v", none)
	}
}

func TestOff(t *testing.T) {
	var e errors
	e[0], e[1], e[4], e[30] = 90, 4, 4, 2
	o := e.off()
	if math.Abs(o.Mean-0.80) > 1e-9 || o.P95 != 4 || o.Max != 30 || o.UpTo[0] != 0.90 || o.UpTo[1] != 0.94 || o.UpTo[30] != 1 {
		t.Errorf("%+v", o)
	}
	e[1] = 5
	e[4] = 3
	if o := e.off(); o.P95 != 1 {
		t.Errorf("95 of 100 are off by at most 1, said is %d", o.P95)
	}
}

func TestTally(t *testing.T) {
	r := &world.Room{Seats: 20}
	var y, other Tally
	y.See(r, 0, 0, false, 30)
	y.See(r, 0, 5, true, 31) // empty, shown used
	y.See(r, 12, 9, true, 32)
	y.See(r, 17, 17, false, 33) // used, not shown
	y.See(r, 4, 0, false, publish.Closes-1)
	y.See(r, 9, 0, false, world.PerDay+publish.Closes-1) // a day of use that does not show
	other.See(r, 9, 0, false, publish.Closes-1)          // and another
	y.Add(other)
	u := y.Shares()
	if math.Abs(u.UsedDays-1.0/3) > 1e-9 || u.Used != 0.25 || u.EmptyUsed != 0.5 || u.WrongClass != 0.2 {
		t.Errorf("%+v", u)
	}
	if math.Abs(u.Open.Mean-30.0/7) > 1e-9 || math.Abs(u.Occupied.Mean-25.0/5) > 1e-9 || u.Open.Max != 9 {
		t.Errorf("%+v", u)
	}
}

func TestClass(t *testing.T) {
	r := &world.Room{Seats: 20}
	for people, want := range map[int32]int{0: 0, 9: 0, 10: 1, 16: 1, 17: 2, 40: 2} {
		if got := class(r, people); got != want {
			t.Errorf("%d of 20 seats: class %d, want %d", people, got, want)
		}
	}
}

func TestWeeks(t *testing.T) {
	var b book
	var w Weeks
	l := publish.Ledger{}
	for i := range 5 {
		l.In += 100
		l.ShownIn += []int64{0, 40, 10, 130, 100}[i]
		w = b.turn(w, &l, i%2 == 0) // weeks end at 0, 2 and 4
	}
	// Counted 200 and 200, shown 50 and 230; after them 250 and 220 were held, before them 160 and 220.
	k := w.Shares()
	if k.Lines != 2 || k.Mean != 200 || k.Off != 90 || k.Held != 235 || k.Most != 190 {
		t.Errorf("%+v, %+v", k, w)
	}
}
