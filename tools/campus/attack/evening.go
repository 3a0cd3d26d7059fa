package attack

import (
	"tellijn/tools/campus/boost"
	"tellijn/tools/campus/publish"
	"tellijn/tools/campus/world"
)

// The evening that is judged, and the part of it in which a visit can still be going on.
const (
	evening = 72 // 18:00
	night   = 90 // 22:30
)

// Evenings are rows of features, one for each room and weekday evening that has a day after it, and
// whether there was a visit.
type Evenings struct {
	Table boost.Table
	Room  []int
	Visit []bool
}

// Append adds the evenings of others.
func (e *Evenings) Append(o Evenings) {
	e.Table.Width = max(e.Table.Width, o.Table.Width)
	e.Table.Values = append(e.Table.Values, o.Table.Values...)
	e.Room, e.Visit = append(e.Room, o.Room...), append(e.Visit, o.Visit...)
}

// Add adds the evenings of one room, of which shown was published, all doors together.
func (e *Evenings) Add(r *world.Room, shown []publish.Shown, visits []world.Visit) {
	visited := make([]bool, len(r.Plan))
	for _, v := range visits {
		visited[v.Day] = true
	}
	for d := range len(r.Plan) - 1 {
		if !world.Weekday(d) {
			continue
		}
		row := features(r, shown, d)
		e.Table.Width = len(row)
		e.Table.Add(row)
		e.Room, e.Visit = append(e.Room, r.Number), append(e.Visit, visited[d])
	}
}

// simple is how many features at the front of a row are for the attacker who only compares one
// number with a limit.
const simple = 9

// features is what the attackers know of an evening. First come the numbers in which a visit might
// show by itself, then the evening by half hours, the day around it, and the timetable.
func features(r *world.Room, shown []publish.Shown, d int) (row []float32) {
	put := func(all ...int) {
		for _, n := range all {
			row = append(row, float32(n))
		}
	}
	now, next := shown[d*world.PerDay:(d+1)*world.PerDay], shown[(d+1)*world.PerDay:]
	eve, morning := sum(now[evening:night]), sum(next[publish.Opens:publish.Opens+1])
	put(eve.in+eve.out, eve.in, eve.out, eve.in-eve.out, eve.busy, // simple: these nine
		morning.fixIn, morning.fixOut, morning.fixIn-morning.fixOut, sum(next[publish.Opens:36]).in)
	for t := evening; t < night; t += 2 {
		s := sum(now[t : t+2])
		put(s.in, s.out)
	}
	for _, part := range [][]publish.Shown{now[:48], now[48:60], now[60:evening], next[36:42], next[42:60], next[60:evening]} {
		s := sum(part)
		put(s.in, s.out)
	}
	put(int(now[evening-1].Level), int(now[80].Level), int(now[publish.Closes-1].Level),
		int(next[publish.Opens].Level), int(next[38].Level))
	p, q := r.Plan[d], r.Plan[d+1]
	put(int(r.Kind), r.Seats, len(r.Doors), d%7, int(p.All), int(p.Evening), int(q.First), int(q.All))
	return row
}

// total adds up a part of a day.
type total struct{ in, out, fixIn, fixOut, busy int }

func sum(part []publish.Shown) (s total) {
	for _, p := range part {
		s.in += int(p.In)
		s.out += int(p.Out)
		s.fixIn += int(p.FixIn)
		s.fixOut += int(p.FixOut)
		if p.In != 0 || p.Out != 0 {
			s.busy++
		}
	}
	return s
}
