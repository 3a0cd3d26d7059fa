package measure

import (
	"math"

	"tellijn/tools/campus/attack"
	"tellijn/tools/campus/world"
)

// Without plays the evening of a visit again as if it had not been.
func (g *Game) Without(v world.Visit) attack.Seen {
	g.counted.Take(v)
	defer g.counted.Add(v)
	return attack.Twin(clone(g.at[v.Day]), g.counted, g.Shown, v)
}

// With plays an evening again with a visit that had not been.
func (g *Game) With(v world.Visit) attack.Seen {
	g.counted.Add(v)
	defer g.counted.Take(v)
	return attack.Twin(clone(g.at[v.Day]), g.counted, g.Shown, v)
}

// Seen is what the attacker sees who knows everything but one visit: within an hour and within a day
// in any field but the weekly one, and in the weekly one. Shares are of 1.
type Seen struct {
	Visits            int
	Hour, Day, Weekly float64
	Error             float64 // standard error of Day; the visits of a room are not independent
}

// Glimpses are visits, and how many of them the attacker saw who knows everything else.
type Glimpses struct{ Visits, hour, day, weekly int }

// See takes one visit.
func (s *Glimpses) See(v attack.Seen) {
	s.Add(Glimpses{1, one(v.Hour), one(v.Day), one(v.Weekly)})
}

// Add adds others.
func (s *Glimpses) Add(o Glimpses) {
	s.Visits, s.hour, s.day, s.weekly = s.Visits+o.Visits, s.hour+o.hour, s.day+o.day, s.weekly+o.weekly
}

// Share is how many of the visits showed within a day.
func (s Glimpses) Share() float64 { return share(s.day, s.Visits) }

// Shares adds up rooms. The error takes a room as one trial: what shows one visit in it, such as a
// crowd that stays until late, shows others too.
func Shares(rooms []Glimpses) (s Seen) {
	var all Glimpses
	for _, r := range rooms {
		all.Add(r)
	}
	s = Seen{
		Visits: all.Visits, Hour: share(all.hour, all.Visits), Day: all.Share(),
		Weekly: share(all.weekly, all.Visits),
	}
	for _, r := range rooms {
		d := float64(r.day) - s.Day*float64(r.Visits)
		s.Error += d * d
	}
	s.Error = math.Sqrt(s.Error) / float64(max(1, all.Visits))
	return s
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// share is n of all, and 0 of nothing.
func share(n, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(n) / float64(all)
}
