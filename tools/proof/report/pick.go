package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Cut shortens a text to at most n letters. One that joins many cases is cut between two of them, and
// then says how many are left out and, with where, who shows them.
func Cut(text string, n int, where string) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	for _, joint := range []string{"; ", ", "} {
		cases := strings.Split(text, joint)
		if joint == ", " && len(cases) < list {
			break // a sentence, not a list
		}
		for k := len(cases) - 1; k > 0; k-- {
			tail := fmt.Sprintf(" ... (%d more", len(cases)-k)
			if where != "" {
				tail += "; " + where
			}
			short := strings.Join(cases[:k], joint) + tail + ")"
			// A first case alone that is a word or two would not say anything.
			if m := utf8.RuneCountInString(short); m <= n && m >= n/3 {
				return short
			}
		}
	}
	tail := " ..."
	if where != "" {
		tail += " (" + where + ")"
	}
	letters := []rune(text)[:max(0, n-utf8.RuneCountInString(tail))]
	short := string(letters)
	if k := strings.LastIndexByte(short, ' '); k > 0 {
		short = short[:k]
	}
	return strings.TrimRight(short, " ,;:") + tail
}

// list is how many parts between commas make a list.
const list = 8

// Few is how many results stand under a promise in the short forms.
const Few = 3

// Part is the part of the proof that a line comes from, as -only takes it.
func (l Line) Part() string {
	part, _, _ := strings.Cut(l.Check, ":")
	return part
}

// Fallen is a result that fell short, and the promises that it speaks to.
type Fallen struct {
	Line
	Promises []int
}

// Fell gives each result that fell short once.
func (r *Report) Fell() (all []Fallen) {
	for i := range r.Rows {
		for _, l := range r.Rows[i].Lines {
			if l.Verdict != string(Short) {
				continue
			}
			k := slices.IndexFunc(all, func(f Fallen) bool { return f.Name == l.Name })
			if k < 0 {
				k, all = len(all), append(all, Fallen{Line: l})
			}
			all[k].Promises = append(all[k].Promises, r.Rows[i].Number)
		}
	}
	return all
}

// parts of the proof, those first that show the most: attacks before searches, searches before what was
// played, and all of these before what was read in the source.
func parts() []string {
	return []string{"attacks", "forensics", "machine", "confinement", "attributes-pairs", "attributes-link",
		"attributes-fields", "configurations", "static"}
}

// weight orders lines of one verdict: controls, which show that a check can fail, come last.
func (l Line) weight() int {
	k := slices.Index(parts(), l.Part())
	if k < 0 {
		k = len(parts())
	}
	if strings.HasPrefix(l.Name, "Control") {
		k += len(parts()) + 1
	}
	return k
}

// Telling gives the few lines of a row that say the most: those that fell short, then those that held, from
// one part of the proof after the other. more counts the others in words.
func (row *Row) Telling() (first []Line, more string) {
	rest := slices.Clone(row.Lines)
	slices.SortStableFunc(rest, func(a, b Line) int {
		if d := rank(a.Verdict) - rank(b.Verdict); d != 0 {
			return d
		}
		return a.weight() - b.weight()
	})
	taken := map[string]bool{}
	for len(first) < Few {
		k := slices.IndexFunc(rest, func(l Line) bool { return l.Verdict == string(Short) })
		if k < 0 {
			k = slices.IndexFunc(rest, func(l Line) bool {
				return l.Verdict == string(Held) && !taken[l.Part()] && !strings.HasPrefix(l.Name, "Control")
			})
		}
		if k < 0 {
			k = slices.IndexFunc(rest, func(l Line) bool { return l.Verdict == string(Held) })
		}
		if k < 0 {
			break
		}
		first, taken[rest[k].Part()] = append(first, rest[k]), true
		rest = slices.Delete(rest, k, k+1)
	}
	n := map[string]int{}
	for _, l := range rest {
		n[l.Verdict]++
	}
	var words []string
	for _, v := range []Verdict{Short, Held} {
		if n[string(v)] > 0 {
			words = append(words, fmt.Sprintf("%d more %s", n[string(v)], v))
		}
	}
	return first, strings.Join(words, ", ")
}

// Absent is a reason, and the promises that are not shown for it.
type Absent struct {
	Why  string
	Rows []*Row
}

// Absent groups the promises that are not shown by the reason, the commonest first.
func (r *Report) Absent() (all []Absent) {
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Verdict != NotShown {
			continue
		}
		k := slices.IndexFunc(all, func(a Absent) bool { return a.Why == row.Lacks })
		if k < 0 {
			k, all = len(all), append(all, Absent{Why: row.Lacks})
		}
		all[k].Rows = append(all[k].Rows, row)
	}
	slices.SortStableFunc(all, func(a, b Absent) int { return len(b.Rows) - len(a.Rows) })
	return all
}
