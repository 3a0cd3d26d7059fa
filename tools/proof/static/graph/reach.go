package graph

import (
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"
)

// Reach is what can be called from main and from the start of each package.
type Reach struct {
	graph *Graph
	stop  func(*ssa.Function) bool
	steps map[*ssa.Function]step
	order []*ssa.Function

	called typeutil.Map                    // signatures of calls of function values
	away   typeutil.Map                    // signatures of functions that are given to who knows whom
	taken  map[*ssa.Function]*ssa.Function // functions whose address is taken, by whom
	takes  []*ssa.Function                 // the same, in the order in which they were found
}

// step is how a function was reached first.
type step struct {
	by  *ssa.Function // nil for a root
	how string
}

// Reach follows all calls, but looks into no function for which stop is true. stop may be nil.
func (g *Graph) Reach(stop func(*ssa.Function) bool) *Reach {
	r := &Reach{graph: g, stop: stop, steps: map[*ssa.Function]step{}, taken: map[*ssa.Function]*ssa.Function{}}
	for _, f := range g.roots {
		r.add(f, nil, "")
	}
	for i := 0; i < len(r.order); i++ {
		if f := r.order[i]; !r.stopped(f) {
			r.edges(f)
			r.look(f)
		}
	}
	return r
}

func (r *Reach) stopped(f *ssa.Function) bool { return r.stop != nil && r.stop(f) }

func (r *Reach) add(f, by *ssa.Function, how string) {
	if _, ok := r.steps[f]; !ok {
		r.steps[f] = step{by, how}
		r.order = append(r.order, f)
	}
}

// edges follows calls whose callee is known by name or through an interface. Calls of function
// values are followed by look.
func (r *Reach) edges(f *ssa.Function) {
	node := r.graph.calls.Nodes[f]
	if node == nil {
		return
	}
	for _, e := range node.Out {
		if e.Site == nil || e.Site.Common().IsInvoke() || e.Site.Common().StaticCallee() != nil {
			r.add(e.Callee.Func, f, "calls")
		}
	}
}

// look finds the functions whose address f takes, and the calls of function values in f.
func (r *Reach) look(f *ssa.Function) {
	for _, b := range f.Blocks {
		for _, in := range b.Instrs {
			callee := r.calls(f, in)
			switch in := in.(type) {
			case *ssa.MakeInterface:
				r.open(&r.away, in.X.Type())
			case *ssa.Convert: // to unsafe.Pointer, as the runtime's own clean-ups do
				if p, ok := in.X.Type().Underlying().(*types.Pointer); ok {
					r.open(&r.away, p.Elem())
				}
			}
			for _, op := range in.Operands(nil) {
				if fn, ok := (*op).(*ssa.Function); ok && *op != callee {
					r.take(fn, f)
				}
			}
		}
	}
}

// calls notes a call of a function value, and gives the value that is only called, not taken.
func (r *Reach) calls(f *ssa.Function, in ssa.Instruction) ssa.Value {
	c, ok := in.(ssa.CallInstruction)
	if !ok || c.Common().IsInvoke() {
		return nil
	}
	common := c.Common()
	static := common.StaticCallee()
	if _, builtin := common.Value.(*ssa.Builtin); builtin {
		return nil
	}
	if static == nil {
		r.open(&r.called, common.Value.Type())
	} else if static.Blocks == nil { // assembly, or the runtime: it may call what it is given
		for _, a := range common.Args {
			r.open(&r.away, a.Type())
		}
	}
	return common.Value
}

// take notes that by takes the address of f.
func (r *Reach) take(f, by *ssa.Function) {
	if _, ok := r.taken[f]; ok {
		return
	}
	r.taken[f] = by
	r.takes = append(r.takes, f)
	if r.called.At(f.Signature) != nil || r.away.At(f.Signature) != nil {
		r.add(f, by, "hands on")
	}
}

// open lets functions of a signature be called, those taken before included. Types that are no
// functions are passed over.
func (r *Reach) open(m *typeutil.Map, t types.Type) {
	s, ok := t.Underlying().(*types.Signature)
	if !ok || m.At(s) != nil {
		return
	}
	m.Set(s, true)
	for _, f := range r.takes {
		if types.Identical(f.Signature, s) {
			r.add(f, r.taken[f], "hands on")
		}
	}
}

// given tells whether f may be called from where nobody sees it.
func (r *Reach) given(f *ssa.Function) bool {
	return slices.Contains(r.graph.roots, f) || r.taken[f] != nil && r.away.At(f.Signature) != nil
}

// Functions are all that was reached, nearest first.
func (r *Reach) Functions() []*ssa.Function { return r.order }

// Has tells whether f was reached.
func (r *Reach) Has(f *ssa.Function) bool { _, ok := r.steps[f]; return ok }

// Way is a shortest way from main to f, for people.
func (r *Reach) Way(f *ssa.Function) string {
	text := f.String()
	for s := r.steps[f]; s.by != nil; s = r.steps[s.by] {
		text = s.by.String() + " " + s.how + " " + text
	}
	return text
}

// Reflective gives the functions within reach that call others by name or by value through package
// reflect. If there is any, the reach is not the whole truth.
func (r *Reach) Reflective() (found []string) {
	for _, f := range r.order {
		switch f.String() {
		case "(reflect.Value).Call", "(reflect.Value).CallSlice", "(reflect.Value).Method", "(reflect.Value).MethodByName",
			"(*reflect.rtype).Method", "(*reflect.rtype).MethodByName":
			found = append(found, r.Way(f))
		}
	}
	return found
}

// Position is where something stands, below the root of the source if it is there.
func (g *Graph) Position(p token.Pos) string {
	return strings.TrimPrefix(g.Program.Fset.Position(p).String(), g.root+string(filepath.Separator))
}
