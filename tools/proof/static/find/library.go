package find

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"tellijn/tools/proof/static/graph"
	"tellijn/tools/proof/static/lists"
)

// library is the module that touches the camera.
const library = "github.com/blackjack/webcam"

func within(path string) bool { return path == library || strings.HasPrefix(path, library+"/") }

// Library gives what is called of the camera library from outside, with the requests that each can
// make.
func (e *Eye) Library() lists.Found {
	found := lists.Found{}
	for _, b := range e.builds {
		for _, f := range b.reach.Functions() {
			if !within(graph.Path(f)) || f.Synthetic != "" && f.Name() != "init" {
				continue
			}
			from, complete := b.reach.Callers(f)
			outside := !complete || slices.ContainsFunc(from, func(c graph.Call) bool {
				// What the compiler makes to pass a method on is not the library's own code.
				return !within(graph.Path(c.From)) || c.From.Synthetic != "" && c.From.Name() != "init"
			})
			if outside {
				found.Add(f.String()+" | "+b.requests(f), b.name)
			}
		}
	}
	return found
}

// requests names what a function of the library can ask of the camera.
func (b *build) requests(f *ssa.Function) string {
	var names []string
	seen := map[*ssa.Function]bool{f: true}
	for todo := []*ssa.Function{f}; len(todo) > 0; todo = todo[1:] {
		for _, c := range b.found.Requests {
			if c.In == todo[0] {
				names = append(names, request(c.Value))
			}
		}
		for _, next := range b.reach.Callees(todo[0]) {
			if within(graph.Path(next.Func)) && !seen[next.Func] {
				seen[next.Func] = true
				todo = append(todo, next.Func)
			}
		}
	}
	if len(names) == 0 {
		return "none"
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}
