package world

// Pass is one person who comes in at one door and goes out at the same or another. Intervals are
// counted from the start of the campus.
type Pass struct{ InDoor, In, OutDoor, Out int }

// Visit is a cleaner's round in one room on one evening: one person who passes alone, or two or
// three, mostly one after the other. These are the crossings that must not show.
type Visit struct {
	Day    int
	From   int // the interval in which the first of them can have come in
	Passes []Pass
}

// Visits draws the evening visits of a room: a coin on each weekday evening between 18 and 22 h.
// Each draw gives other visits to the same crowd.
func (c *Campus) Visits(r *Room, draw int) (all []Visit) {
	g := chanceOf(c.Seed, r.Number, 1+uint64(draw))
	for d := range c.Days {
		if Weekday(d) && g.happens(0.5) {
			all = append(all, visit(g, r, d))
		}
	}
	return all
}

func visit(g chance, r *Room, d int) Visit {
	people := 1
	switch u := g.Float64(); {
	case u >= 0.8:
		people = 3
	case u >= 0.45:
		people = 2
	}
	start, length := float64(d*1440)+g.uniform(1090, 1310), g.uniform(3, 25)
	in := g.IntN(len(r.Doors))
	out := in
	if g.happens(0.2) {
		out = g.IntN(len(r.Doors))
	}
	v := Visit{Day: d, From: int(start / 15)}
	for range people {
		at := start + g.uniform(0, length)
		v.Passes = append(v.Passes, Pass{in, int(at / 15), out, int((at + g.uniform(0.5, 6)) / 15)})
	}
	return v
}

// Group is people who come together through the first door and leave together, stay intervals
// later, at a time of an evening that is drawn as for a cleaner.
func (c *Campus) Group(r *Room, day, people, stay int) Visit {
	g := chanceOf(c.Seed, r.Number, 1<<20+uint64(day))
	from := (day*1440 + int(g.uniform(1090, 1310))) / 15
	v := Visit{Day: day, From: from}
	for range people {
		v.Passes = append(v.Passes, Pass{0, from, 0, from + stay})
	}
	return v
}
