// Package plot draws what happened in a scenario as SVG: curves over time, counts side by side, and a timeline. A
// drawing has no colour of its own: its classes are those of the page that it stands in, so it is readable in the
// light, in the dark and on paper. It loads nothing and runs nothing. It is for the rig, outside the data path.
package plot

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"

	"tellijn/tools/rig/play"
)

// Series is one curve.
type Series struct {
	Name   string
	Points []play.Point
	Steps  bool // it stays as it is until the next point
	Dots   bool // each point is marked
}

// Chart are curves over the seconds of a scenario.
type Chart struct {
	Title, Unit string
	Series      []Series // at most as many as there are Classes
	Most        float64  // seconds, at the right edge
	FromZero    bool
}

// Classes are how many curves a page can tell apart: c0, c1, c2 and so on.
const Classes = 6

// Size of a chart and of its margins, in units of the drawing.
const (
	width, height                    = 460.0, 190.0
	left, right, above, below, inset = 52.0, 12.0, 26.0, 24.0, 6.0
)

// pen collects a drawing.
type pen struct{ strings.Builder }

func (p *pen) put(format string, a ...any) { fmt.Fprintf(p, format, a...) }

// text is a word at a place; anchor is start, middle or end.
func (p *pen) text(x, y float64, anchor, class, words string) {
	p.put(`<text x="%.1f" y="%.1f" text-anchor="%s" class="%s">%s</text>`, x, y, anchor, class, escape(words))
}

// escape makes words that may be anything fit for XML.
func escape(s string) string { return html.EscapeString(Clean(s)) }

// Clean gives a text without characters that XML cannot hold.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfffe || r == 0xffff {
			return '\u00b7'
		}
		return r
	}, strings.ToValidUTF8(s, "\u00b7"))
}

// begin opens a drawing that is told to those who do not see it.
func (p *pen) begin(class, title string, w, h float64) {
	p.put(`<svg class="%s" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg">`, class, w, h, escape(title))
}

func (p *pen) end() template.HTML {
	p.put("</svg>")
	return template.HTML(p.String())
}

// finite are the points that can be drawn.
func finite(points []play.Point) (some []play.Point) {
	for _, p := range points {
		if !math.IsNaN(p.T+p.Y) && !math.IsInf(p.T, 0) && !math.IsInf(p.Y, 0) {
			some = append(some, p)
		}
	}
	return some
}

// Lines draws the curves; "" if there is not one point.
func Lines(c Chart) template.HTML {
	lo, hi, most, any := math.Inf(1), math.Inf(-1), max(c.Most, 1), false
	if len(c.Series) > Classes {
		c.Series = c.Series[:Classes]
	}
	all := make([][]play.Point, len(c.Series))
	for i, s := range c.Series {
		all[i] = finite(s.Points)
		for _, p := range all[i] {
			lo, hi, most, any = min(lo, p.Y), max(hi, p.Y), max(most, p.T), true
		}
	}
	if !any {
		return ""
	}
	if c.FromZero {
		lo = min(lo, 0)
	}
	ticks := Ticks(lo, hi, 4)
	lo, hi = min(lo, ticks[0]), max(hi, ticks[len(ticks)-1])
	x := func(t float64) float64 { return left + (width-left-right)*min(max(t/most, 0), 1) }
	y := func(v float64) float64 { return height - below - inset - (height-below-above-inset)*(v-lo)/(hi-lo) }
	var p pen
	p.begin("chart", c.Title, width, height)
	p.text(0, 14, "start", "name", c.Title)
	for _, v := range ticks {
		p.put(`<path class="grid" d="M%.1f %.1fH%.1f"/>`, left, y(v), width-right)
		p.text(left-6, y(v)+4, "end", "tick", number(v))
	}
	p.seconds(x, height, most)
	at := width - right
	for i := len(c.Series) - 1; i >= 0; i-- {
		if s := c.Series[i]; len(c.Series) > 1 && s.Name != "" {
			p.text(at, 14, "end", fmt.Sprintf("key k%d", i), s.Name)
			at -= 7*float64(len([]rune(s.Name))) + 14
		}
		p.curve(i, c.Series[i], all[i], x, y)
	}
	if c.Unit != "" && len(c.Series) < 2 {
		p.text(width-right, 14, "end", "tick", c.Unit)
	}
	return p.end()
}

// curve draws one series.
func (p *pen) curve(i int, s Series, points []play.Point, x, y func(float64) float64) {
	if len(points) > 1 {
		p.put(`<path class="c%d" d="`, i)
		for n, q := range points {
			switch {
			case n == 0:
				p.put("M%.1f %.1f", x(q.T), y(q.Y))
			case s.Steps:
				p.put("H%.1fV%.1f", x(q.T), y(q.Y))
			default:
				p.put("L%.1f %.1f", x(q.T), y(q.Y))
			}
		}
		p.put(`"/>`)
	}
	if s.Dots || len(points) == 1 {
		for _, q := range points {
			p.put(`<circle class="d%d" cx="%.1f" cy="%.1f" r="2.5"/>`, i, x(q.T), y(q.Y))
		}
	}
}

// seconds draws the axis of time at the bottom.
func (p *pen) seconds(x func(float64) float64, h, most float64) {
	p.put(`<path class="axis" d="M%.1f %.1fH%.1f"/>`, x(0), h-below, x(most))
	for _, t := range Ticks(0, most, 6) {
		if t <= most {
			p.put(`<path class="axis" d="M%.1f %.1fv4"/>`, x(t), h-below)
			p.text(x(t), h-below+16, "middle", "tick", number(t)+" s")
		}
	}
}
