package world

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// TestChance compares mean and deviation of each distribution with what it should have.
func TestChance(t *testing.T) {
	const n = 40_000
	for _, c := range []struct {
		name     string
		mean, sd float64
		draw     func(chance) float64
	}{
		{"uniform", 5, 2 / math.Sqrt(12), func(g chance) float64 { return g.uniform(4, 6) }},
		{"between", 3, math.Sqrt(2), func(g chance) float64 { return float64(g.between(1, 5)) }},
		{"exponential", 3, 3, func(g chance) float64 { return g.exponential(3) }},
		{"normal", 0.75, 0.1, func(g chance) float64 { return g.normal(0.75, 0.1) }},
		{"waits", 7, 3.5 * math.Sqrt2, func(g chance) float64 { return g.waits(3.5) }},
		{"gamma", 2.6, math.Sqrt(2.6), func(g chance) float64 { return g.gamma(2.6) }},
		{"beta", 2 / 4.6, math.Sqrt(2 * 2.6 / (4.6 * 4.6 * 5.6)), func(g chance) float64 { return g.beta(2, 2.6) }},
		{"poisson", 4, 2, func(g chance) float64 { return float64(g.poisson(4)) }},
		{"poisson of many", 150, math.Sqrt(150), func(g chance) float64 { return float64(g.poisson(150)) }},
		{"binomial", 15, math.Sqrt(20 * 0.75 * 0.25), func(g chance) float64 { return float64(g.binomial(20, 0.75)) }},
		{"happens", 0.07, math.Sqrt(0.07 * 0.93), func(g chance) float64 {
			if g.happens(0.07) {
				return 1
			}
			return 0
		}},
	} {
		g := chance{rand.New(rand.NewPCG(1, 2))}
		var sum, squares float64
		for range n {
			v := c.draw(g)
			sum, squares = sum+v, squares+v*v
		}
		mean := sum / n
		sd := math.Sqrt(squares/n - mean*mean)
		if math.Abs(mean-c.mean) > 5*c.sd/math.Sqrt(n) || math.Abs(sd-c.sd) > 0.05*c.sd {
			t.Errorf("%s: mean %.3f and deviation %.3f, want %.3f and %.3f", c.name, mean, sd, c.mean, c.sd)
		}
	}
}

func campus(t *testing.T, seed uint64, rooms, days int) *Campus {
	t.Helper()
	c, err := Build(seed, rooms, days)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSeedDecides(t *testing.T) {
	a, b := campus(t, 1, 40, 8), campus(t, 1, 40, 8)
	if !reflect.DeepEqual(a, b) {
		t.Error("the same seed gives another campus")
	}
	if reflect.DeepEqual(a.Rooms, campus(t, 2, 40, 8).Rooms) {
		t.Error("another seed gives the same campus")
	}
	if larger := campus(t, 1, 60, 8); !reflect.DeepEqual(a.Rooms, larger.Rooms[:40]) {
		t.Error("more rooms change the first ones")
	}
}

func TestSizes(t *testing.T) {
	for _, c := range []struct{ rooms, days int }{{19, 30}, {4001, 30}, {400, 7}, {400, 121}, {-1, 30}, {400, -1}} {
		if _, err := Build(1, c.rooms, c.days); err == nil {
			t.Errorf("%d rooms and %d days are built", c.rooms, c.days)
		}
	}
}

func TestBeginsOnAMonday(t *testing.T) {
	day := time.Unix(Monday*86400, 0).UTC()
	if day.Weekday() != time.Monday || day.Format(time.DateOnly) != "2026-01-05" {
		t.Errorf("the campus begins on %v", day)
	}
	if !Weekday(0) || !Weekday(4) || Weekday(5) || Weekday(6) || !Weekday(7) {
		t.Error("weekends are not days 5 and 6 of a week")
	}
}

func TestRooms(t *testing.T) {
	c := campus(t, 3, 2000, 8)
	var kinds [3]int
	var doors [4]int
	seats := [3][2]int{{1000, 0}, {1000, 0}, {1000, 0}}
	for _, r := range c.Rooms {
		kinds[r.Kind]++
		s := &seats[r.Kind]
		s[0], s[1] = min(s[0], r.Seats), max(s[1], r.Seats)
		if r.Kind == Meeting && len(r.Doors) != 1 {
			t.Fatalf("meeting room %d has %d doors", r.Number, len(r.Doors))
		}
		if r.Kind != Meeting {
			doors[len(r.Doors)]++
		}
	}
	if kinds != [3]int{1200, 500, 300} {
		t.Errorf("rooms by kind %v, want 1200, 500 and 300", kinds)
	}
	if seats != [3][2]int{{16, 129}, {10, 79}, {6, 13}} {
		t.Errorf("fewest and most seats by kind %v", seats)
	}
	larger := float64(doors[1] + doors[2] + doors[3])
	if two, three := float64(doors[2])/larger, float64(doors[3])/larger; math.Abs(two-0.15) > 0.03 || math.Abs(three-0.05) > 0.02 {
		t.Errorf("%.3f of the larger rooms have two doors, %.3f three; want 0.15 and 0.05", two, three)
	}
}

// TestMissed looks at the ratio of what is counted: who comes goes, so misses are all that differs.
func TestMissed(t *testing.T) {
	c := campus(t, 4, 200, 14)
	var in, out, second, all float64
	for _, r := range c.Rooms {
		for d, door := range r.Doors {
			for i := range door.In {
				in, out = in+float64(door.In[i]), out+float64(door.Out[i])
				if len(r.Doors) == 2 {
					all += float64(door.In[i])
					second += float64(d) * float64(door.In[i])
				}
			}
		}
	}
	if ratio := in / out; math.Abs(ratio-0.98/0.97) > 0.002 {
		t.Errorf("in to out is %.4f, want 0.98 to 0.97", ratio)
	}
	if share := second / all; math.Abs(share-0.37) > 0.02 { // 1 - 0.5^(1/1.5)
		t.Errorf("the second of two doors has %.3f of the people, want 0.37", share)
	}
}

func TestNobodyStaysForEver(t *testing.T) {
	c := campus(t, 5, 200, 14)
	for _, r := range c.Rooms {
		var most int16
		for i, n := range r.Inside {
			most = max(most, n)
			if i%PerDay == 26 && n != 0 {
				t.Fatalf("room %d: %d people inside at half past six", r.Number, n)
			}
		}
		if int(most) < 2 || int(most) > 3*r.Seats { // two meetings may have taken the same room
			t.Errorf("room %d of %d seats: %d people inside at most", r.Number, r.Seats, most)
		}
	}
}

// TestTimetable looks whether the plan is worth something to an attacker, and weekends are quiet.
func TestTimetable(t *testing.T) {
	c := campus(t, 6, 200, 14)
	var planned, come, off float64
	for _, r := range c.Rooms {
		for d, p := range r.Plan {
			var in float64
			for _, door := range r.Doors {
				for _, n := range door.In[d*PerDay : d*PerDay+80] {
					in += float64(n)
				}
			}
			if !Weekday(d) && r.Kind != Study && in > 4 {
				t.Errorf("room %d: %v people on day %d of a weekend", r.Number, in, d)
			}
			if p.First > p.All || p.Evening > p.All {
				t.Errorf("room %d, day %d: plan %+v", r.Number, d, p)
			}
			if r.Kind == Class && p.All > 0 {
				planned, come = planned+p.All, come+in
				off += math.Abs(in - p.All)
			}
		}
	}
	// One in four goes out in the break, and comes back.
	if come < planned || come > 1.5*planned || off > 0.6*planned {
		t.Errorf("%.0f came where %.0f were planned, off by %.0f", come, planned, off)
	}
}

func TestStir(t *testing.T) {
	seen := map[uint64]bool{}
	ones := 0
	for a := range uint64(100) {
		for b := range uint64(100) {
			s := Stir(a, b)
			if seen[s] {
				t.Fatalf("%d and %d give a number that was there", a, b)
			}
			seen[s] = true
			ones += bits.OnesCount64(s ^ Stir(a, b+1))
		}
	}
	if mean := float64(ones) / 10_000; math.Abs(mean-32) > 0.5 {
		t.Errorf("the next number differs in %.1f bits of 64, want 32", mean)
	}
}
