// Package drawing draws what the campus simulation measured, as one SVG: how far from the truth the
// occupancy of a room is under each rule, and a week of two rooms. It measures nothing, and no part
// of a device uses it.
package drawing

import (
	"fmt"
	"html"
	"strings"
)

// The colours and sizes of the sheet.
const (
	ink   = "#1f2933"
	faint = "#66727f"
	rule  = "#dfe4e8"
	truth = "#cfd6dc"
	width = 1440
	left  = 56
	right = width - 56
)

// style is a rule's place on the sheet.
type style struct{ name, label, colour string }

// styles are the rules in the order in which they are drawn.
func styles() []style {
	return []style{
		{"raw counts", "raw counts", "#6b4f3a"},
		{"tellijn", "tellijn (k = 3)", "#0067a5"},
		{"threshold 5", "under 5 shown as nothing", "#b85c00"},
		{"Laplace, epsilon 1", "Laplace noise, epsilon 1", "#9b3f78"},
	}
}

// sheet is an SVG in the making. Coordinates are in pixels from the left top.
type sheet struct{ strings.Builder }

func (s *sheet) add(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

// text writes words; anchor is start, middle or end.
func (s *sheet) text(x, y float64, size int, colour, anchor, weight, words string) {
	s.add(`<text x="%.1f" y="%.1f" font-size="%d" fill="%s" text-anchor="%s" font-weight="%s">%s</text>`,
		x, y, size, colour, anchor, weight, html.EscapeString(words))
}

func (s *sheet) line(x1, y1, x2, y2 float64, colour string) {
	s.add(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s"/>`, x1, y1, x2, y2, colour)
}

// path draws a line through points, or fills what is under it down to base.
func (s *sheet) path(points [][2]float64, colour string, thick float64, filled bool, base float64) {
	if len(points) == 0 {
		return
	}
	var d strings.Builder
	for i, p := range points {
		letter := "L"
		if i == 0 {
			letter = "M"
		}
		fmt.Fprintf(&d, "%s%.1f %.1f", letter, p[0], p[1])
	}
	if filled {
		fmt.Fprintf(&d, "L%.1f %.1fL%.1f %.1fZ", points[len(points)-1][0], base, points[0][0], base)
		s.add(`<path d="%s" fill="%s" stroke="none"/>`, d.String(), colour)
		return
	}
	s.add(`<path d="%s" fill="none" stroke="%s" stroke-width="%.1f" stroke-linejoin="round"/>`, d.String(), colour, thick)
}

// thousands writes a number with a thin space between thousands.
func thousands(n int64) string {
	t := fmt.Sprint(n)
	for i := len(t) - 3; i > 0; i -= 3 {
		t = t[:i] + "\u2009" + t[i:]
	}
	return t
}
