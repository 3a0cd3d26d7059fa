// Package page writes the report of a run as one HTML file that needs nothing else: no script, no font, no address
// that it loads; drawings are within it. It can be read in the light, in the dark and on paper, wide and narrow. It
// adds no figure and judges nothing. It is for auditors and field engineers, outside the data path.
package page

import (
	_ "embed" // the template
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"tellijn/tools/rig/play"
	"tellijn/tools/rig/report/about"
	"tellijn/tools/rig/report/plot"
)

//go:embed page.html
var source string

// view is what the template draws.
type view struct {
	About   about.About
	Verdict string // class
	Counts  []tally
	Fallen  []*one
	All     []*one
	Remains []remains
}

// tally is how many scenarios have a verdict.
type tally struct {
	Class, Words string
	N            int
}

// one is a scenario as it is drawn.
type one struct {
	play.Result
	Class    string
	Failed   *play.Step // that ended it, if one did
	Checks   int        // that held
	Reached  int        // steps that went as they say
	Timeline template.HTML
	Plots    []template.HTML
	Kept     []attached
	Happened []play.Event // what can be said in words
	Heard    string       // console
}

// Write writes the page. Files of the results are looked for in files, and what can be shown of them is put in.
func Write(w io.Writer, a *about.About, results []play.Result, files fs.FS) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"style": Style, "clean": plot.Clean, "plain": plain, "length": Length, "clock": clock, "setup": setup, "released": released, "add": func(a, b int) int { return a + b },
		"hasTruth": func(all []play.Line) bool {
			return slices.ContainsFunc(all, func(l play.Line) bool { return l.Truth != nil })
		},
		"shortsha":  func(s string) string { return s[:min(12, len(s))] },
		"bytes":     bytes,
		"sentences": sentences,
	}).Parse(source)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	v := view{About: *a, Verdict: "green", Counts: []tally{{"green", "green", 0}, {"red", "red", 0}, {"not", "could not be run", 0}}}
	v.Remains = searched(results, files)
	for i := range results {
		o := see(&results[i], files)
		v.All = append(v.All, o)
		n := slices.IndexFunc(v.Counts, func(c tally) bool { return c.Class == o.Class })
		if v.Counts[n].N++; o.Class != "green" {
			v.Fallen = append(v.Fallen, o)
		}
	}
	if a.Missed > 0 {
		v.Counts = append(v.Counts, tally{"not", "not reached", a.Missed})
	}
	switch {
	case v.Counts[1].N > 0:
		v.Verdict = "red"
	case v.Counts[2].N > 0 || len(results) == 0 || a.Missed > 0:
		v.Verdict = "not"
	}
	slices.SortStableFunc(v.Fallen, func(a, b *one) int { return strings.Compare(b.Class, a.Class) }) // red before not
	if err := t.Execute(w, v); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}

// class of a verdict; whatever is not known is red.
func class(v play.Verdict) string {
	switch v {
	case play.Green:
		return "green"
	case play.CouldNot:
		return "not"
	}
	return "red"
}

// see makes what is drawn of a result.
func see(r *play.Result, files fs.FS) *one {
	o := &one{Result: *r, Class: class(r.Verdict), Kept: attach(r, files)}
	for i, s := range r.Steps {
		if s.Err != "" && o.Failed == nil {
			o.Failed = &r.Steps[i]
		}
		if s.Ran && s.Err == "" {
			o.Reached++
			if s.Check {
				o.Checks++
			}
		}
	}
	o.Timeline = plot.Timeline("What happened when in "+r.Scenario.Title, r.Steps, r.Timeline, r.Took)
	o.Plots = plots(r)
	for _, e := range r.Timeline {
		if e.Kind == play.KindSaid || e.Kind == play.KindFault || e.Kind == play.KindPower {
			o.Happened = append(o.Happened, e)
		}
	}
	var b strings.Builder
	for _, s := range r.Console {
		fmt.Fprintf(&b, "%8.2f  %s\n", s.At, plot.Clean(s.Line))
	}
	o.Heard = b.String()
	return o
}

// Length says how long something took.
func Length(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second)).Round(100 * time.Millisecond)
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
}

// clock says when a record of a device begins or ends.
func clock(unix int64) string { return time.Unix(unix, 0).UTC().Format("2006-01-02 15:04:05") }

// plain is what a number of a class says.
func plain(class int) string {
	if class == 255 {
		return "over 200 ms"
	}
	return fmt.Sprintf("%d ms or less", class)
}

// setup is the head of a scenario in one line.
func setup(s play.Scenario) string {
	all := []string{"board " + s.Board}
	for _, kv := range s.Setup {
		all = append(all, strings.TrimSpace(kv[0]+" "+kv[1]))
	}
	return strings.Join(all, " \u00b7 ")
}

// released is what a record says of its lines so far.
func released(r play.Record) string {
	var all []string
	for i, l := range r.Lines {
		all = append(all, fmt.Sprintf("line %d: %d forward, %d backward", i+1, l[0], l[1]))
	}
	return strings.Join(all, "; ")
}

// sentences joins reasons that came over several lines.
func sentences(s string) string { return strings.Join(strings.Fields(plot.Clean(s)), " ") }
