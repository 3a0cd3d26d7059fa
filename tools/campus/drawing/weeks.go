package drawing

import (
	"fmt"

	"tellijn/tools/campus/figures"
	"tellijn/tools/campus/world"
)

const (
	stripHigh = 92
	stripStep = 128
	// The hours of a day that are drawn; at night nothing is published that one could see.
	firstHour, lastHour = 7, 23
)

// week draws one room as each rule shows it, a strip each, over what was true.
func week(s *sheet, e figures.Example, x, wide, top float64) {
	s.text(x, top, 17, ink, "start", "600", e.What+", a week")
	s.text(x+wide, top, 13, faint, "end", "400", "grey: people inside")
	highest := int32(1)
	for _, n := range e.Inside {
		highest = max(highest, n)
	}
	for _, st := range styles() {
		for _, n := range e.Guess[st.name] {
			highest = max(highest, n)
		}
	}
	for i, st := range styles() {
		strip(s, st, e, x, wide, top+36+float64(i)*stripStep, float64(highest))
	}
}

// strip draws one rule.
func strip(s *sheet, st style, e figures.Example, x, wide, top, highest float64) {
	const start = 34.0
	days := len(e.Inside) / world.PerDay
	day := (wide - start) / float64(max(1, days))
	base := top + stripHigh
	high := func(n int32) float64 { return base - float64(n)/highest*(stripHigh-14) }
	round := 20.0
	for highest > 4*round {
		round *= 2
	}
	for n := 0.0; n <= highest; n += round {
		s.line(x+start, high(int32(n)), x+wide, high(int32(n)), rule)
		s.text(x+start-7, high(int32(n))+4, 11, faint, "end", "400", fmt.Sprintf("%.0f", n))
	}
	for d := range days {
		from := x + start + float64(d)*day
		s.path(steps(e.Inside, d, from, day-10, high), truth, 0, true, base)
		s.path(steps(e.Guess[st.name], d, from, day-10, high), st.colour, thick(st)-0.6, false, 0)
		name := []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}[d%7]
		s.text(from+(day-10)/2, base+15, 11, faint, "middle", "400", name)
	}
	s.text(x+start+4, top+2, 13, st.colour, "start", "600", st.label)
}

// steps gives the outline of one day: a value holds until the next.
func steps(all []int32, d int, x, wide float64, high func(int32) float64) (points [][2]float64) {
	const first, last = firstHour * 4, lastHour * 4
	for t := first; t < last; t++ {
		y := high(all[d*world.PerDay+t])
		points = append(points,
			[2]float64{x + wide*float64(t-first)/(last-first), y},
			[2]float64{x + wide*float64(t+1-first)/(last-first), y})
	}
	return points
}
