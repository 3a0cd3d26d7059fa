// Package draw draws what was found of all the cards that a power cut could have left: one row for each way of losing
// something, along the run, with the records as they came to the collector. It looks into no card. It is for the rig,
// outside the data path.
package draw

import (
	"fmt"
	"strings"

	"tellijn/tools/rig/crash"
	"tellijn/tools/rig/crash/states"
)

// Sizes in the units of the drawing.
const (
	wide   = 1000
	left   = 250
	right  = 20
	top    = 74
	row    = 46
	bottom = 64
)

// SVG draws a result. It stands on its own, light or dark.
func SVG(r *crash.Result) string {
	kinds := states.Kinds()
	last := 1
	for _, f := range r.Found {
		last = max(last, f.State.At)
	}
	x := func(at int) float64 { return left + float64(wide-left-right)*float64(at)/float64(last) }
	high := top + row*len(kinds) + bottom
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" font-family="system-ui, sans-serif" font-size="13">`+"\n", wide, high)
	fmt.Fprintf(&b, "<title>%d of %d cards that a power cut could have left are good</title>\n", r.Good(), len(r.Found))
	b.WriteString("<style>text{fill:#1b2733}.axis{stroke:#8796a5;stroke-width:1}.good{stroke:#12806a}.aside{stroke:#b07a10}.bad{stroke:#c22f3b;stroke-width:2.5}" +
		".rec{fill:#4a6fb5}.pale{fill:#5b6b7a}@media(prefers-color-scheme:dark){text{fill:#e6ecf1}.pale{fill:#9fb0bf}.good{stroke:#3fc7a8}.aside{stroke:#e0ad45}.bad{stroke:#ff6b74}.rec{fill:#8fb0ea}}</style>\n")
	fmt.Fprintf(&b, `<text x="%d" y="24" font-size="17" font-weight="600">%d of %d cards that a power cut could have left are good</text>`+"\n", 16, r.Good(), len(r.Found))
	n := r.Figures
	fmt.Fprintf(&b, `<text x="16" y="44" class="pale">%d writes of %d KiB and %d flushes in the run; up to %d writes stood unflushed at once; %d of these cards lack something that was written</text>`+"\n",
		n.Writes, n.Bytes>>10, n.Flushes, n.Unflushed, r.Lossy())
	for i, kind := range kinds {
		y := top + row*i
		good, all, marks := 0, 0, map[string][]string{}
		for _, f := range r.Found {
			if f.State.How != kind {
				continue
			}
			class := "good"
			switch all++; {
			case f.Err != nil:
				class = "bad"
			case f.Aside:
				class = "aside"
			}
			if f.Err == nil {
				good++
			}
			marks[class] = append(marks[class], fmt.Sprintf("M%.1f %dv%d", x(f.State.At), y+6, row-20))
		}
		fmt.Fprintf(&b, `<text x="16" y="%d">%s</text><text x="16" y="%d" class="pale">%d of %d good</text>`+"\n", y+16, kind, y+32, good, all)
		fmt.Fprintf(&b, `<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", left, y+row-10, wide-right, y+row-10)
		for _, class := range []string{"good", "aside", "bad"} {
			if len(marks[class]) > 0 {
				fmt.Fprintf(&b, `<path class="%s" fill="none" d="%s"/>`+"\n", class, strings.Join(marks[class], ""))
			}
		}
	}
	y, had := top+row*len(kinds)+6, 0
	for _, f := range r.Found {
		if f.Records > had {
			had = f.Records
			fmt.Fprintf(&b, `<circle class="rec" cx="%.1f" cy="%d" r="4"><title>record %d is at the collector</title></circle>`+"\n", x(f.State.At), y, had)
		}
	}
	fmt.Fprintf(&b, `<text x="16" y="%d" class="pale">records at the collector</text>`+"\n", y+4)
	fmt.Fprintf(&b, `<text x="%d" y="%d" class="pale">writes and flushes of the run, in their order; one line is one card. Amber: the super block is torn, the device sets</text>`+"\n", left, y+26)
	fmt.Fprintf(&b, `<text x="%d" y="%d" class="pale">the file system aside and takes over its files. Red: something was lost, twice there, or does not open.</text>`+"\n", left, y+44)
	b.WriteString("</svg>\n")
	return b.String()
}
