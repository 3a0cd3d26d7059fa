// Package score compares counted crossings with the truth, one to one. Totals hide errors, since a
// miss and a false count cancel; events do not.
package score

import (
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// Events of one direction: what was true, what was counted, and how many were both.
type Events struct{ True, Counted, Right int }

// Match counts what Mistakes pairs.
func Match(truth, counted []int, tolerance int) Events {
	missed, _ := Mistakes(truth, counted, tolerance)
	return Events{True: len(truth), Counted: len(counted), Right: len(truth) - len(missed)}
}

// Missed are true crossings that were not counted.
func (e Events) Missed() int { return e.True - e.Right }

// False are counted crossings that were not true.
func (e Events) False() int { return e.Counted - e.Right }

// Wrong events, missed and false.
func (e Events) Wrong() int { return e.Missed() + e.False() }

// Add adds the events of something else.
func (e Events) Add(o Events) Events {
	return Events{e.True + o.True, e.Counted + o.Counted, e.Right + o.Right}
}

// Row is the score of one clip.
type Row struct {
	Name, Group       string
	Total             bool // counts into the sum of its group
	Forward, Backward Events
}

// After drops frames before start, which are not judged.
func After(start int, frames []int) []int {
	return slices.DeleteFunc(slices.Clone(frames), func(f int) bool { return f < start })
}

// Both directions together.
func (r *Row) Both() Events { return r.Forward.Add(r.Backward) }

// Count is how far the totals of both directions are off.
func (r *Row) Count() int {
	return abs(r.Forward.Counted-r.Forward.True) + abs(r.Backward.Counted-r.Backward.True)
}

// Groups gives the sums of the groups in the order they first appear; only Group, True events and
// the sums are set. counts holds the sums of Count.
func Groups(rows []Row) (groups []Row, counts []int) {
	for _, r := range rows {
		if !r.Total {
			continue
		}
		i := slices.IndexFunc(groups, func(g Row) bool { return g.Group == r.Group })
		if i < 0 {
			i = len(groups)
			groups, counts = append(groups, Row{Name: "all " + r.Group, Group: r.Group}), append(counts, 0)
		}
		groups[i].Forward, groups[i].Backward = groups[i].Forward.Add(r.Forward), groups[i].Backward.Add(r.Backward)
		counts[i] += r.Count()
	}
	return groups, counts
}

// Print writes the table.
func Print(w io.Writer, rows []Row) {
	fmt.Fprintf(w, "%-62s %5s %4s %4s %6s %7s\n", "clip", "truth", "fwd", "bwd", "count", "events")
	for _, r := range rows {
		fmt.Fprintf(w, "%s %5d %4d %4d %6d %7d\n", cut(r.Name, 62),
			r.Both().True, r.Forward.Counted, r.Backward.Counted, r.Count(), r.Both().Wrong())
	}
	groups, counts := Groups(rows)
	for i, g := range groups {
		fmt.Fprintf(w, "%s %5d %4s %4s %6d %7d\n", cut(g.Name, 62), g.Both().True, "", "", counts[i], g.Both().Wrong())
	}
}

// cut makes s exactly n characters long.
func cut(s string, n int) string {
	for utf8.RuneCountInString(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return fmt.Sprintf("%-*s", n, s)
}

func abs(n int) int { return max(n, -n) }
