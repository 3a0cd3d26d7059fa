package crash

import (
	"maps"
	"slices"
	"strings"
)

// Class says in words what is ugly about a state, "" if nothing is.
func (f *Found) Class() string {
	m, all := f.Marks, []string(nil)
	for _, w := range []struct {
		is   bool
		word string
	}{{f.Aside, "super block torn"}, {m.Head, "head of ledger or queue damaged"}, {m.Pages, "pages of ledger or queue damaged"},
		{m.Journal, "commit of the file system damaged"}, {m.Meta, "its journal damaged"}} {
		if w.is {
			all = append(all, w.word)
		}
	}
	return strings.Join(append(all, m.Commits...), ", ")
}

// Ugliest gives n good states of as many classes as there are, those with most at risk first. All have a ledger.
func (r *Result) Ugliest(n int) (all []Found) {
	classes := map[string][]Found{}
	for _, f := range r.Found {
		if f.Floor.Ledger && f.Err == nil && f.Class() != "" {
			classes[f.Class()] = append(classes[f.Class()], f)
		}
	}
	weight := func(f *Found) int {
		return 4*len(f.State.Torn) + 2*len(f.State.Lost) + f.Risk + 10*min(f.Records, 1) + 20*len(f.Marks.Commits)
	}
	for _, c := range classes {
		slices.SortStableFunc(c, func(a, b Found) int { return weight(&b) - weight(&a) })
	}
	names := slices.Sorted(maps.Keys(classes))
	slices.SortStableFunc(names, func(a, b string) int { return weight(&classes[b][0]) - weight(&classes[a][0]) })
	for left := true; left && len(all) < n; {
		left = false
		for _, name := range names {
			if c := classes[name]; len(c) > 0 && len(all) < n {
				all, left = append(all, c[0]), true
				classes[name] = slices.DeleteFunc(slices.Clone(c), func(f Found) bool { return f.State.At == c[0].State.At })
			}
		}
	}
	return all
}
