// Package report joins the 88 promises with what was measured, and judges each: held only if all of
// it was measured and all of it held. It measures nothing, adds no figure, and has no way to call a
// promise held that no result speaks to. It stands outside the data path; tools/proof prints it.
package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/promises"
	"tellijn/tools/proof/risks"
	"tellijn/tools/proof/run"
)

// Verdict is what became of a promise as a whole.
type Verdict string

// The verdicts.
const (
	Held     Verdict = "held"           // measured whole, and as promised
	Short    Verdict = "fell short"     // something was measured that is not as promised
	Part     Verdict = "shown in part"  // what was measured held, and something was not measured
	NotShown Verdict = "not shown here" // nothing of it was measured
)

// Verdicts gives all, in the order in which they are counted.
func Verdicts() []Verdict { return []Verdict{Held, Part, Short, NotShown} }

// Line is one result under a promise.
type Line struct {
	Name     string `json:"name"`
	Check    string `json:"check"` // for -only
	Measured string `json:"measured"`
	Figure   string `json:"figure,omitempty"`
	Verdict  string `json:"verdict"`
	Why      string `json:"why,omitempty"`
	Command  string `json:"command"`
}

// Head is the first part of the figure, up to a semicolon: what says the most.
func (l Line) Head() string {
	head, _, _ := strings.Cut(l.Figure, "; ")
	return head
}

// Tail is the rest of the figure.
func (l Line) Tail() string {
	_, tail, _ := strings.Cut(l.Figure, "; ")
	return tail
}

// Row is one promise.
type Row struct {
	Number  int     `json:"number"`
	Kind    string  `json:"kind"`
	Who     string  `json:"who"`
	Promise string  `json:"promise"`
	Verdict Verdict `json:"verdict"`
	// Lacks says what was not shown, or what was wanted. Empty only for Held.
	Lacks string `json:"lacks,omitempty"`
	Lines []Line `json:"lines"`
}

// Failure is a check that could not run.
type Failure struct {
	Check string `json:"check"`
	Why   string `json:"why"`
}

// About says where and when it was.
type About struct {
	When    time.Time `json:"when"`
	Commit  string    `json:"commit"` // empty if the source differs from every commit
	Go      string    `json:"go"`
	Kernel  string    `json:"kernel"`
	Machine string    `json:"machine"`
	Seconds int       `json:"seconds"`
	Command string    `json:"command"`
	// Only names the checks that were asked for; empty means all.
	Only []string `json:"only,omitempty"`
}

// Report is one run.
type Report struct {
	Format int             `json:"format"` // FormatVersion
	About  About           `json:"about"`
	Counts map[Verdict]int `json:"counts"`
	Rows   []Row           `json:"promises"`
	Risks  []risks.Risk    `json:"risks"`
	Failed []Failure       `json:"failed,omitempty"`
}

// given is a result, with the check that gave it.
type given struct {
	claim.Result
	check string
}

// Build joins all.
func Build(all []promises.Promise, outcomes []run.Outcome, list []risks.Risk, about About) Report {
	r := Report{Format: FormatVersion, About: about, Counts: map[Verdict]int{}, Risks: list}
	by := map[int][]given{}
	for _, o := range outcomes {
		if o.Err != nil {
			r.Failed = append(r.Failed, Failure{o.Check, o.Err.Error()})
			continue
		}
		for _, r := range o.Results {
			for _, n := range slices.Compact(slices.Sorted(slices.Values(r.Promises))) {
				by[n] = append(by[n], given{r, o.Check})
			}
		}
	}
	// What did not run might have spoken to any promise, so none is held whole.
	unasked := ""
	switch {
	case len(about.Only) > 0:
		unasked = "Not every check was run."
	case len(r.Failed) > 0:
		unasked = "Not every check could run."
	}
	for _, p := range all {
		row := rowOf(p, by[p.Number], unasked)
		r.Counts[row.Verdict]++
		r.Rows = append(r.Rows, row)
	}
	return r
}

// rowOf judges one promise.
func rowOf(p promises.Promise, results []given, unasked string) Row {
	row := Row{Number: p.Number, Kind: p.Kind.String(), Who: p.Who, Promise: p.Text, Lines: []Line{}}
	n := map[claim.Verdict]int{}
	var wanted, lacks []string
	for _, r := range results {
		if r.Verdict == claim.Held {
			r.Why = "" // what was wanted came out
		}
		row.Lines = append(row.Lines, Line{r.Name, r.check, r.Measured, r.Figure, r.Verdict.String(), r.Why, r.Command})
		n[r.Verdict]++
		switch r.Verdict {
		case claim.Short:
			wanted = append(wanted, r.Name+": "+r.Why)
		case claim.NotShown:
			lacks = append(lacks, sentence(r.Why))
		}
	}
	if p.Rest != "" {
		lacks = append(lacks, p.Rest)
	}
	if unasked != "" && (len(results) > 0 || p.Rest == "") {
		lacks = append(lacks, unasked)
	}
	// What fell short is read first.
	slices.SortStableFunc(row.Lines, func(a, b Line) int { return rank(a.Verdict) - rank(b.Verdict) })
	row.Lacks = strings.Join(slices.Compact(lacks), " ")
	switch {
	case n[claim.Short] > 0:
		row.Verdict, row.Lacks = Short, "Wanted: "+strings.Join(wanted, "; ")
	case n[claim.Held] == 0:
		row.Verdict = NotShown
		if row.Lacks == "" {
			row.Lacks = "No check of this run speaks to it."
		}
	case row.Lacks == "":
		row.Verdict = Held
	default:
		row.Verdict = Part
	}
	return row
}

// rank is the order of lines under a promise.
func rank(verdict string) int {
	return slices.Index([]string{string(Short), string(Held), string(NotShown)}, verdict)
}

// sentence makes a text begin and end as one.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if word, _, _ := strings.Cut(text, " "); text != "" && !strings.ContainsAny(word, "./-") && word != "go" {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// Code is what the program ends with: 2 if something could not run, 1 if something fell short, or 0.
func (r *Report) Code() int {
	switch {
	case len(r.Failed) > 0:
		return 2
	case r.Counts[Short] > 0:
		return 1
	}
	return 0
}

// Summary counts the promises in one line.
func (r *Report) Summary() string {
	var words []string
	for _, v := range Verdicts() {
		words = append(words, fmt.Sprintf("%d %s", r.Counts[v], v))
	}
	text := fmt.Sprintf("%d promises: %s.", len(r.Rows), strings.Join(words, ", "))
	switch n := len(r.Failed); n {
	case 0:
	case 1:
		text += " 1 check could not run."
	default:
		text += fmt.Sprintf(" %d checks could not run.", n)
	}
	return text
}
