// Package page writes the report as one HTML file that needs nothing else: no script, no font, no
// picture, no address that it loads. It adds no figure and judges nothing. It stands outside the
// data path, for officers and auditors who read what tools/proof found.
package page

import (
	_ "embed" // the template
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"

	"tellijn/tools/proof/report"
)

//go:embed page.html
var source string

// long is how many letters of a figure or a reason stand there before one has to click.
const long = 300

// Pair is ink on paper, as #rrggbb.
type Pair struct{ Name, Ink, Paper string }

// Pairs are all the colours of the page; the template has no others for text.
func Pairs() []Pair {
	return []Pair{
		{"text", "#1b1b1b", "#ffffff"},
		{"quiet", "#4a4a4a", "#ffffff"},
		{"code", "#1b1b1b", "#f1f1ee"},
		{"link", "#0b4f8a", "#ffffff"},
		{"held", "#0d4a22", "#e2f2e6"},
		{"part", "#57400a", "#fbf1d3"},
		{"short", "#ffffff", "#8f1414"},
		{"none", "#3d3d3d", "#ececec"},
	}
}

// Contrast is the contrast ratio of WCAG 2.2, 1 to 21. Normal text needs 4.5 for level AA.
func Contrast(p Pair) (float64, error) {
	ink, err := luminance(p.Ink)
	if err != nil {
		return 0, err
	}
	paper, err := luminance(p.Paper)
	if err != nil {
		return 0, err
	}
	return (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05), nil
}

// luminance is the relative luminance as WCAG 2.2 defines it.
func luminance(colour string) (float64, error) {
	var c [3]uint8
	if n, err := fmt.Sscanf(colour, "#%02x%02x%02x", &c[0], &c[1], &c[2]); err != nil || n != 3 {
		return 0, fmt.Errorf("page: colour %q, want #rrggbb", colour)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v := float64(c[i]) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum, nil
}

// Write writes the page.
func Write(w io.Writer, r *report.Report) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"class": class,
		"join":  strings.Join,
		"verdicts": func() []report.Verdict {
			return report.Verdicts()
		},
		"style": style,
		"fell":  func(r *report.Report) []report.Fallen { return r.Fell() },
		"telling": func(row report.Row) []report.Line {
			first, _ := row.Telling()
			return first
		},
		"cut": func(text string) string { return report.Cut(text, long, "") },
	}).Parse(source)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	if err := t.Execute(w, r); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}

// class of a verdict, of a promise or of a line.
func class(v any) string {
	switch fmt.Sprint(v) {
	case string(report.Held):
		return "held"
	case string(report.Short):
		return "short"
	case string(report.Part):
		return "part"
	}
	return "none"
}

// style names the pairs of colours. They are constants of this package, so they may be CSS.
func style() template.CSS {
	var b strings.Builder
	for _, p := range Pairs() {
		fmt.Fprintf(&b, ".%s{color:%s;background:%s}\n", p.Name, p.Ink, p.Paper)
	}
	return template.CSS(b.String())
}
