// Package plot draws small line plots side by side as SVG, all on one scale, so that they can be
// compared at a glance. It knows nothing about counting.
package plot

import (
	"fmt"
	"html"
	"io"
	"math"
	"strconv"
)

// Panel is one plot: values against x, in percent.
type Panel struct {
	Title, Unit string
	X           []float64
	Missed      []float64 // percent; NaN: there was nothing to miss
	False       []float64 // percent; NaN likewise
	Notes       []string  // beside each point, mostly empty
	Nominal     float64   // marked on the x axis; NaN: nowhere
}

// Sizes in pixels.
const (
	columns       = 5
	width, height = 264, 196 // of a panel with its margins
	left, right   = 40, 16
	top, bottom   = 34, 42
	plotW         = width - left - right
	plotH         = height - top - bottom
	head          = 80
)

// Colours that stay apart for most colour-blind people, too.
const (
	missedColour = "#1f6fb4"
	falseColour  = "#d9731a"
)

// ticks of the percent axis.
var ticks = [...]float64{0, 1, 5, 10, 25, 50, 100}

// Draw writes the panels under a title and a few lines of notes.
func Draw(w io.Writer, title string, notes []string, panels []Panel) error {
	rows := (len(panels) + columns - 1) / columns
	p := &printer{w: w}
	total := head + 18*len(notes)
	p.f(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="11" fill="#333">`,
		columns*width+16, total+rows*height+8)
	p.f(`<rect width="100%%" height="100%%" fill="white"/>`)
	p.f(`<text x="20" y="36" font-size="20" font-weight="600" fill="#111">%s</text>`, html.EscapeString(title))
	for i, n := range notes {
		p.f(`<text x="20" y="%d" font-size="12" fill="#666">%s</text>`, 58+18*i, html.EscapeString(n))
	}
	y := 62 + 18*len(notes)
	p.legend(20, y)
	for i := range panels {
		p.panel(8+i%columns*width, total+i/columns*height, &panels[i])
	}
	p.f(`</svg>`)
	return p.err
}

type printer struct {
	w   io.Writer
	err error
}

// f writes one line, unless an earlier one failed.
func (p *printer) f(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) legend(x, y int) {
	p.f(`<g font-size="12"><line x1="%d" x2="%d" y1="%d" y2="%[3]d" stroke="%s" stroke-width="2"/>`, x, x+24, y-4, missedColour)
	p.f(`<circle cx="%d" cy="%d" r="3.2" fill="%s"/><text x="%d" y="%d">missed</text>`, x+12, y-4, missedColour, x+30, y)
	p.f(`<line x1="%d" x2="%d" y1="%d" y2="%[3]d" stroke="%s" stroke-width="2"/>`, x+96, x+120, y-4, falseColour)
	p.f(`<rect x="%d" y="%d" width="6" height="6" fill="%s"/><text x="%d" y="%d">false</text>`, x+105, y-7, falseColour, x+126, y)
	p.f(`<line x1="%d" x2="%[1]d" y1="%d" y2="%d" stroke="#999" stroke-dasharray="3 3"/><text x="%d" y="%d">nominal</text></g>`,
		x+190, y-11, y+3, x+198, y)
}

// level gives the height of a percentage: a square root, so that 1 % can be seen beside 50 %.
func level(percent float64) float64 {
	return plotH * (1 - math.Sqrt(min(max(percent, 0), 100)/100))
}

func (p *printer) panel(x, y int, n *Panel) {
	p.f(`<g transform="translate(%d %d)">`, x+left, y+top)
	p.f(`<text x="0" y="-12" font-size="13" font-weight="600" fill="#111">%s</text>`, html.EscapeString(n.Title))
	for _, t := range ticks {
		p.f(`<line x1="0" x2="%d" y1="%.1f" y2="%.1[2]f" stroke="#e6e6e6"/><text x="-6" y="%.1f" text-anchor="end" font-size="10" fill="#777">%s</text>`,
			plotW, level(t), level(t)+3.5, number(t)+percentSign(t))
	}
	least, most := n.X[0], n.X[0]
	for _, v := range n.X {
		least, most = min(least, v), max(most, v)
	}
	at := func(v float64) float64 {
		if most == least {
			return plotW / 2
		}
		return 6 + (v-least)/(most-least)*(plotW-12)
	}
	if v := n.Nominal; v >= least && v <= most {
		p.f(`<line x1="%.1f" x2="%.1[1]f" y1="0" y2="%d" stroke="#999" stroke-dasharray="3 3"/>`, at(v), plotH)
	}
	free := math.Inf(-1) // right end of the last label
	for i, v := range n.X {
		half := 3.2*float64(len(number(v))) + 2
		p.f(`<line x1="%.1f" x2="%.1[1]f" y1="%d" y2="%d" stroke="#999"/>`, at(v), plotH, plotH+4)
		// The last value always has its label; others only where there is room up to it.
		if at(v)-half > free && (i == len(n.X)-1 || at(v)+half < at(most)-3.2*float64(len(number(most)))-2) {
			p.f(`<text x="%.1f" y="%d" text-anchor="middle" font-size="10">%s</text>`, at(v), plotH+16, number(v))
			free = at(v) + half
		}
	}
	p.f(`<text x="%d" y="%d" text-anchor="middle" fill="#777">%s</text>`, plotW/2, plotH+31, html.EscapeString(n.Unit))
	p.line(n, n.Missed, at, missedColour, false)
	p.line(n, n.False, at, falseColour, true)
	for i, note := range n.Notes {
		if note != "" {
			p.f(`<text x="%.1f" y="10" text-anchor="%s" font-size="10" fill="#777">%s</text>`, at(n.X[i]), anchor(at(n.X[i])), html.EscapeString(note))
		}
	}
	p.f(`</g>`)
}

// line draws one series; a NaN interrupts it.
func (p *printer) line(n *Panel, values []float64, at func(float64) float64, colour string, square bool) {
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		x, y := at(n.X[i]), level(v)
		if i > 0 && !math.IsNaN(values[i-1]) {
			p.f(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="2" stroke-linecap="round"/>`,
				at(n.X[i-1]), level(values[i-1]), x, y, colour)
		}
		tip := fmt.Sprintf("<title>%s: %.1f%%</title>", number(n.X[i]), v)
		if square {
			p.f(`<rect x="%.1f" y="%.1f" width="6" height="6" fill="%s">%s</rect>`, x-3, y-3, colour, tip)
		} else {
			p.f(`<circle cx="%.1f" cy="%.1f" r="3.2" fill="%s">%s</circle>`, x, y, colour, tip)
		}
	}
}

func anchor(x float64) string {
	if x > plotW/2 {
		return "end"
	}
	return "start"
}

func percentSign(t float64) string {
	if t == 100 {
		return "%"
	}
	return ""
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
