package figures

import (
	"slices"

	"tellijn/tools/campus/attack"
	"tellijn/tools/campus/measure"
	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

// Weak is what the rule of the device does not hide from somebody who knows everything else, and who
// looks at any field but the weekly number. Shares are of 1, within 24 hours.
type Weak struct {
	Groups  []Group
	Crowded Among // a cleaner alone who comes while 5 or more are inside
	Quiet   Among // a cleaner alone who comes while fewer are
	Parties Among // two or three cleaners
	Evening Among // rounds of one cleaner through 30 rooms in an evening, of which at least one shows
	Week    Among // the same on five evenings
}

// Group is people who come together and leave together half an hour later, into a room in which
// nobody is and nobody is shown, and how often that shows.
type Group struct {
	People, Tried int
	Seen          float64
}

// Among is how many were looked at, and the share of them that shows.
type Among struct {
	Tried int
	Seen  float64
}

const (
	round = 30 // rooms that one cleaner does in an evening
	stay  = 2  // intervals that a group stays
)

// sizes are the groups that are tried.
func sizes() [8]int { return [...]int{1, 2, 3, 4, 5, 6, 8, 12} }

// exposure is what shows of one room, or of all.
type exposure struct {
	crowded, quiet, parties measure.Glimpses
	groups                  [8]measure.Glimpses
	days                    []measure.Glimpses // lone visits by day
}

// weak measures on all draws of the visits, and groups on the first.
func weak(c *world.Campus) (w Weak) {
	var sum exposure
	var evenings, weeks measure.Glimpses
	for draw := range Draws {
		found := make([]exposure, len(c.Rooms))
		c.Each(func(r *world.Room) { found[r.Number] = expose(c, r, draw) })
		for _, e := range found {
			sum.crowded.Add(e.crowded)
			sum.quiet.Add(e.quiet)
			sum.parties.Add(e.parties)
			for i := range e.groups {
				sum.groups[i].Add(e.groups[i])
			}
		}
		e, k := rounds(c, found)
		evenings.Add(e)
		weeks.Add(k)
	}
	w = Weak{
		Crowded: among(sum.crowded), Quiet: among(sum.quiet), Parties: among(sum.parties),
		Evening: among(evenings), Week: among(weeks),
	}
	for i, people := range sizes() {
		w.Groups = append(w.Groups, Group{people, sum.groups[i].Visits, sum.groups[i].Share()})
	}
	return w
}

func among(s measure.Glimpses) Among { return Among{s.Visits, s.Share()} }

func expose(c *world.Campus, r *world.Room, draw int) (e exposure) {
	e.days = make([]measure.Glimpses, c.Days)
	visits := c.Visits(r, draw)
	g := measure.Play(publish.Device(), c, r, draw, visits)
	for _, v := range visits {
		switch {
		case v.Day+1 == c.Days:
		case len(v.Passes) > 1:
			e.parties.See(g.Without(v))
		case g.Busiest(v.From-1, v.From+2) >= measure.Someone:
			e.crowded.See(g.Without(v))
			e.days[v.Day].See(g.Without(v))
		default:
			e.quiet.See(g.Without(v))
			e.days[v.Day].See(g.Without(v))
		}
	}
	if draw == 0 {
		e.tryGroups(c, g, r, visits)
	}
	return e
}

// tryGroups lets groups come on evenings without a visit, into a room in which nobody is and nobody is
// shown.
func (e *exposure) tryGroups(c *world.Campus, g *measure.Game, r *world.Room, visits []world.Visit) {
	busy := make([]bool, c.Days)
	for _, v := range visits {
		busy[v.Day] = true
	}
	for i, people := range sizes() {
		for d := range c.Days - 1 {
			v := c.Group(r, d, people, stay)
			if !busy[d] && g.Busiest(v.From-1, v.From+stay) == 0 && g.ShownEmpty(v.From-1) {
				e.groups[i].See(g.With(v))
			}
		}
	}
}

// rounds deals the rooms that somebody visits alone to cleaners, 30 to each, and counts the evenings
// and the weeks of cleaners in which at least one of the rooms shows it.
func rounds(c *world.Campus, found []exposure) (evenings, weeks measure.Glimpses) {
	for monday := 0; monday+5 < c.Days; monday += 7 {
		var week [][]bool // of each cleaner, evenings that show
		for d := monday; d < monday+5; d++ {
			var now measure.Glimpses
			cleaner := 0
			for _, e := range found {
				if now.Add(e.days[d]); now.Visits < round {
					continue
				}
				shows := now.Share() > 0
				evenings.See(attack.Seen{Day: shows})
				if cleaner == len(week) {
					week = append(week, nil)
				}
				week[cleaner] = append(week[cleaner], shows)
				cleaner, now = cleaner+1, measure.Glimpses{}
			}
		}
		for _, shows := range week {
			if len(shows) == 5 { // who worked on all of them
				weeks.See(attack.Seen{Day: slices.Contains(shows, true)})
			}
		}
	}
	return evenings, weeks
}
