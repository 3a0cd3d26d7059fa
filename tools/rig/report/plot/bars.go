package plot

import (
	"fmt"
	"html/template"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/play"
)

// Bars draws counts side by side: the truth, the same frames counted on this computer, and what the device answers
// for; forward and backward of each line. "" if there are none.
func Bars(lines []play.Line) template.HTML {
	const bar, gap, from, to = 15.0, 12.0, 150.0, 410.0
	type row struct {
		name  string
		class int
		n     uint32
	}
	var groups [][]row
	most, rows := uint32(1), 0
	for i, l := range lines {
		for _, d := range []struct {
			word string
			of   func(*bench.Counts) uint32
		}{{"forward", func(c *bench.Counts) uint32 { return c.Forward }}, {"backward", func(c *bench.Counts) uint32 { return c.Backward }}} {
			var g []row
			for j, k := range []struct {
				word string
				c    *bench.Counts
			}{{"people", l.Truth}, {"replay", l.Replayed}, {"device", l.Booked}} {
				if k.c != nil {
					g = append(g, row{k.word, j, d.of(k.c)})
					most = max(most, d.of(k.c))
				}
			}
			if len(g) > 0 {
				g[0].name = fmt.Sprintf("line %d %s: %s", i+1, d.word, g[0].name)
				groups, rows = append(groups, g), rows+len(g)
			}
		}
	}
	if rows == 0 {
		return ""
	}
	h := above + float64(rows)*bar + float64(len(groups))*gap
	var p pen
	p.begin("chart", "crossings by line and direction", width, h)
	p.text(0, 14, "start", "name", "Crossings")
	y := above
	for _, g := range groups {
		for _, r := range g {
			p.text(from-8, y+bar-4, "end", "tick", r.name)
			w := (to - from) * float64(r.n) / float64(most)
			p.put(`<rect class="b%d" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, r.class, from, y+1, max(w, 1), bar-3)
			p.text(from+max(w, 1)+6, y+bar-4, "start", "tick", fmt.Sprint(r.n))
			y += bar
		}
		y += gap
	}
	return p.end()
}
