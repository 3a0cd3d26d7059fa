package figures

import (
	"fmt"

	"tellijn/tools/campus/attack"
	"tellijn/tools/campus/boost"
	"tellijn/tools/campus/measure"
	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

// trial is one rule on the whole campus.
type trial struct {
	name    string
	rule    publish.Rule
	keeps   bool // it promises that released and held add up to counted, so that is checked
	several bool // only rooms with several doors
}

// part is what one room gave in one draw of the visits.
type part struct {
	evenings   attack.Evenings
	lone, all  measure.Glimpses
	use        measure.Tally
	week       measure.Weeks
	lost, most int64
	err        error
}

// run tries all draws on all rooms and adds up. Rooms are added in their order, so the sums do not
// hang on who was ready first.
func (t trial) run(c *world.Campus) (row Row, err error) {
	row.Name = t.name
	var evenings attack.Evenings
	var use measure.Tally
	var week measure.Weeks
	lone, all := make([]measure.Glimpses, len(c.Rooms)), make([]measure.Glimpses, len(c.Rooms))
	for draw := range Draws {
		parts := make([]part, len(c.Rooms))
		c.Each(func(r *world.Room) {
			if !t.several || len(r.Doors) > 1 {
				parts[r.Number] = t.room(c, r, draw)
			}
		})
		for i, p := range parts {
			if p.err != nil {
				return row, p.err
			}
			evenings.Append(p.evenings)
			lone[i].Add(p.lone)
			all[i].Add(p.all)
			if draw == 0 {
				use.Add(p.use)
				week = append(week, p.week...)
				row.Lost += p.lost
				row.MostLost = max(row.MostLost, p.most)
			}
		}
	}
	row.Threshold = attack.Threshold(evenings)
	if row.Boosted, err = attack.Boosted(evenings, boost.Standard()); err != nil {
		return row, fmt.Errorf("figures: %s: %w", t.name, err)
	}
	row.Lone, row.Seen = measure.Shares(lone), measure.Shares(all)
	row.Use, row.Week = use.Shares(), week.Shares()
	return row, nil
}

// room plays one room with its visits, and after that each visit again without it.
func (t trial) room(c *world.Campus, r *world.Room, draw int) (p part) {
	visits := c.Visits(r, draw)
	g := measure.Play(t.rule, c, r, draw, visits)
	if t.keeps && g.Broken != nil {
		p.err = fmt.Errorf("figures: %s: %w", t.name, g.Broken)
	}
	for i, l := range g.Lines {
		lost := g.Ledgers[i].Lost(l)
		p.lost, p.most = p.lost+lost, max(p.most, lost)
	}
	p.evenings.Add(r, g.Together(), visits)
	for _, v := range visits {
		if v.Day+1 == c.Days {
			continue // the day after it is not to be seen
		}
		seen := g.Without(v)
		p.all.See(seen)
		if len(v.Passes) == 1 {
			p.lone.See(seen)
		}
	}
	p.use, p.week = g.Use, g.Weeks
	return p
}
