package page

import (
	"fmt"
	"html/template"
	"strings"
)

// Pair is ink on paper by day and by night, as #rrggbb.
type Pair struct{ Name, Ink, Paper, DarkInk, DarkPaper string }

// Pairs are all colours of text; the page has no others.
func Pairs() []Pair {
	return []Pair{
		{"text", "#1b1b1b", "#ffffff", "#e9e7e2", "#17181a"},
		{"quiet", "#4a4a4a", "#ffffff", "#b8b5ae", "#17181a"},
		{"code", "#1b1b1b", "#f1f1ee", "#e9e7e2", "#26282b"},
		{"link", "#0b4f8a", "#ffffff", "#8ec5f5", "#17181a"},
		{"green", "#0d4a22", "#e2f2e6", "#c5efd0", "#123a20"},
		{"red", "#ffffff", "#8f1414", "#ffffff", "#a32020"},
		{"not", "#57400a", "#fbf1d3", "#f6e3ad", "#463506"},
	}
}

// Stroke is a colour of drawings by day and by night.
type Stroke struct{ Name, Day, Night string }

// Strokes are all colours of drawings. Those of curves can be told apart by people who see few colours, and by
// their order where they stand beside one another.
func Strokes() []Stroke {
	return []Stroke{
		{"s0", "#0b4f8a", "#7fbdf2"}, {"s1", "#b04a00", "#f4a261"}, {"s2", "#2b6e3f", "#86d19b"},
		{"s3", "#7a3c8f", "#d0a3e2"}, {"s4", "#6b5d00", "#dccb5a"}, {"s5", "#555555", "#b5b5b5"},
		{"grid", "#d9d9d4", "#3a3d41"}, {"axis", "#767676", "#8f9296"}, {"lamp", "#9c7a00", "#f2cf5b"}, {"fault", "#b01c1c", "#ff7b72"},
		{"plan", "#cfdcea", "#2c4562"}, {"check", "#bfe0c8", "#1f5a34"},
	}
}

// Style is the colours as variables, so that the page and its drawings follow the reader's choice. They are
// constants of this package, so they may be CSS.
func Style() template.CSS {
	var day, night, classes strings.Builder
	for _, p := range Pairs() {
		fmt.Fprintf(&day, "--%s:%s;--%s-paper:%s;", p.Name, p.Ink, p.Name, p.Paper)
		fmt.Fprintf(&night, "--%s:%s;--%s-paper:%s;", p.Name, p.DarkInk, p.Name, p.DarkPaper)
		fmt.Fprintf(&classes, ".%s{color:var(--%s);background:var(--%s-paper)}\n", p.Name, p.Name, p.Name)
	}
	for _, s := range Strokes() {
		fmt.Fprintf(&day, "--%s:%s;", s.Name, s.Day)
		fmt.Fprintf(&night, "--%s:%s;", s.Name, s.Night)
	}
	return template.CSS(fmt.Sprintf(":root{color-scheme:light dark;%s}\n@media screen and (prefers-color-scheme:dark){:root{%s}}\n%s", day.String(), night.String(), classes.String()))
}
