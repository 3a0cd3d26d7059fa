package find

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"tellijn/tools/proof/static/calls"
	"tellijn/tools/proof/static/graph"
	"tellijn/tools/proof/static/lists"
)

// opening are the system calls on arm64 that give a descriptor of something that has a name, or run
// it: execve, openat, open_by_handle_at, execveat, open_tree, fsopen, fspick, openat2.
// (include/uapi/asm-generic/unistd.h of Linux)
func opening() []uint64 { return []uint64{221, 56, 265, 281, 428, 430, 433, 437} }

// Opens follows every call but those into the functions of the list, and gives which of these are
// reached, by whom, and in words every other way to something that opens.
func (e *Eye) Opens(allowed []lists.Line) (found lists.Found, wrong []string) {
	found = lists.Found{}
	named := map[string]bool{}
	for _, l := range allowed {
		f, _, _ := strings.Cut(l.Key, " | ")
		named[f] = true
	}
	for _, b := range e.builds {
		r := b.graph.Reach(func(f *ssa.Function) bool { return named[f.String()] })
		for _, f := range r.Functions() {
			if named[f.String()] {
				found.Add(f.String()+" | "+strings.Join(callers(r, f), " "), b.name)
			}
		}
		for _, c := range calls.In(r).Numbers {
			if slices.Contains(opening(), c.Value) {
				wrong = append(wrong, fmt.Sprintf("%s: %s opens: %s", b.name, name(b.graph.Program, c.Value), r.Way(c.In)))
			}
		}
	}
	return found, wrong
}

// callers are the packages from which a function can be called; of Go itself, anybody.
func callers(r *graph.Reach, f *ssa.Function) (paths []string) {
	if graph.Standard(graph.Path(f)) {
		return []string{"anybody"}
	}
	from, complete := r.Callers(f)
	for _, c := range from {
		paths = append(paths, graph.Path(c.From))
	}
	if !complete {
		paths = append(paths, "anybody")
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}
