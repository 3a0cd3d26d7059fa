package drawing

import (
	"fmt"
	"io"

	"tellijn/tools/campus/figures"
)

// Draw writes the sheet. It fails only if w does.
func Draw(w io.Writer, f *figures.Figures) error {
	s := &sheet{}
	height := 492 + 24 + len(styles())*stripStep
	s.add(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="system-ui, 'DejaVu Sans', sans-serif">`,
		width, height, width, height)
	s.add(`<rect width="100%%" height="100%%" fill="#ffffff"/>`)
	s.text(left, 56, 28, ink, "start", "600", "How many are inside? One campus, published four ways")
	s.text(left, 84, 15, faint, "start", "400", fmt.Sprintf(
		"Simulated: %d rooms, %d days, seed %d. Cameras miss 2 to 3 of 100 crossings. Nobody in it is real.", f.Rooms, f.Days, f.Seed))
	curves(s, f, 132)
	compare(s, f, 132)
	s.line(left, 456, right, 456, rule)
	for i, e := range f.Examples {
		x := float64(left + i*(right-left+40)/2)
		week(s, e, x, float64(right-left-40)/2, 492)
	}
	s.add(`</svg>`)
	_, err := io.WriteString(w, s.String())
	return err
}

// most is the error at which the curves end, in persons.
const most = 20

// curves draws, for each rule, how many of the intervals have an error up to each size.
func curves(s *sheet, f *figures.Figures, top float64) {
	const x0, x1, high = left + 44, 690, 226
	at := func(off float64, share float64) [2]float64 {
		return [2]float64{x0 + off/most*(x1-x0), top + 34 + high*(1-share)}
	}
	s.text(left, top, 17, ink, "start", "600", "Error while somebody is inside")
	s.text(left, top+20, 13, faint, "start", "400", "share of intervals in which a reader is off by at most so many persons")
	for _, y := range []float64{0, 0.25, 0.5, 0.75, 1} {
		p := at(0, y)
		s.line(p[0], p[1], x1, p[1], rule)
		s.text(p[0]-8, p[1]+4, 12, faint, "end", "400", fmt.Sprintf("%.0f %%", 100*y))
	}
	for off := 0; off <= most; off += 5 {
		p := at(float64(off), 0)
		s.text(p[0], p[1]+20, 12, faint, "middle", "400", fmt.Sprint(off))
	}
	s.text((x0+x1)/2, at(0, 0)[1]+40, 12, faint, "middle", "400", "persons off")
	for _, st := range styles() {
		var points [][2]float64
		for off, share := range f.Row(st.name).Use.Occupied.UpTo {
			if off <= most {
				points = append(points, at(float64(off), share))
			}
		}
		s.path(points, st.colour, thick(st), false, 0)
	}
}

// thick lets the rule of the device stand out.
func thick(st style) float64 {
	if st.name == figures.Ours {
		return 3
	}
	return 2
}

// compare is the key of the colours, with the figures that matter most.
func compare(s *sheet, f *figures.Figures, top float64) {
	const x0 = 760
	columns := []struct {
		x     float64
		first string
		then  string
		cell  func(figures.Row) string
	}{
		{x0 + 300, "persons off", "mean / 95 %", func(r figures.Row) string {
			return fmt.Sprintf("%.1f / %d", r.Use.Occupied.Mean, r.Use.Occupied.P95)
		}},
		{x0 + 395, "used rooms", "shown used", func(r figures.Row) string { return fmt.Sprintf("%.1f %%", 100*r.Use.Used) }},
		{x0 + 495, "crossings", "lost, invented", func(r figures.Row) string { return thousands(r.Lost) }},
		{x0 + 624, "cleaners found", "by boosted trees", func(r figures.Row) string {
			return fmt.Sprintf("%.1f %%", 100*max(0, r.Boosted.Value()))
		}},
	}
	s.text(x0, top, 17, ink, "start", "600", "What it costs, and what it hides")
	for _, c := range columns {
		s.text(c.x, top+34, 12, faint, "end", "400", c.first)
		s.text(c.x, top+50, 12, faint, "end", "400", c.then)
	}
	for i, st := range styles() {
		y := top + 88 + float64(i)*42
		weight := "400"
		if st.name == figures.Ours {
			weight = "600"
		}
		s.line(x0, y-26, right, y-26, rule)
		s.add(`<rect x="%d" y="%.1f" width="22" height="5" rx="2" fill="%s"/>`, x0, y-8, st.colour)
		s.text(x0+32, y, 14, ink, "start", weight, st.label)
		for _, c := range columns {
			s.text(c.x, y, 14, ink, "end", weight, c.cell(f.Row(st.name)))
		}
	}
	y := top + 88 + float64(len(styles()))*42
	s.line(x0, y-26, right, y-26, rule)
	s.text(x0, y, 12, faint, "start", "400", "Used: five or more inside. Cleaners found: visits found less false alarms, so guessing finds 0 %;")
	s.text(x0, y+17, 12, faint, "start", "400", "the attacker learned on other rooms and knows the timetable.")
}
