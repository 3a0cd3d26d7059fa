package graph

import (
	"context"
	"fmt"

	"golang.org/x/tools/go/callgraph"
	"golang.org/x/tools/go/callgraph/rta"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// Graph is a program and all calls that rapid type analysis finds in it.
type Graph struct {
	Program *ssa.Program
	root    string
	roots   []*ssa.Function
	calls   *callgraph.Graph
}

// Of loads a program and finds its calls. pattern names one main package, such as ./firmware/eye.
func Of(ctx context.Context, s Source, pattern string) (*Graph, error) {
	list, err := Load(ctx, s, pattern)
	if err != nil {
		return nil, err
	}
	program, own := ssautil.AllPackages(list, ssa.InstantiateGenerics)
	program.Build()
	g := &Graph{Program: program, root: s.Root}
	for _, p := range own {
		if p == nil || p.Func("main") == nil {
			return nil, fmt.Errorf("graph: %s is no program; want a package main", pattern)
		}
		g.roots = append(g.roots, p.Func("init"), p.Func("main"))
	}
	g.calls = rta.Analyze(g.roots, true).CallGraph
	return g, nil
}

// Path is the import path of the package that a function belongs to, "" for what the compiler makes.
func Path(f *ssa.Function) string {
	for f.Parent() != nil {
		f = f.Parent()
	}
	if o := f.Origin(); o != nil {
		f = o
	}
	if f.Pkg != nil {
		return f.Pkg.Pkg.Path()
	}
	if o := f.Object(); o != nil && o.Pkg() != nil {
		return o.Pkg().Path()
	}
	return ""
}

// Call is one place that calls a function.
type Call struct {
	From *ssa.Function
	Site ssa.CallInstruction
}

// Argument is what the call gives for the i-th parameter of its callee, receiver included; nil if
// the call does not say.
func (c Call) Argument(i int) ssa.Value {
	common := c.Site.Common()
	if common.IsInvoke() {
		if i == 0 {
			return common.Value
		}
		i--
	}
	if i < 0 || i >= len(common.Args) {
		return nil
	}
	return common.Args[i]
}

// Callers are the places within reach that may call f. complete is false if others may as well,
// such as the runtime, which nobody can see the arguments of.
func (r *Reach) Callers(f *ssa.Function) (calls []Call, complete bool) {
	complete = !r.given(f)
	node := r.graph.calls.Nodes[f]
	if node == nil {
		return nil, complete
	}
	for _, e := range node.In {
		if _, ok := r.steps[e.Caller.Func]; !ok || r.stopped(e.Caller.Func) {
			continue
		}
		if e.Site == nil {
			complete = false
			continue
		}
		calls = append(calls, Call{e.Caller.Func, e.Site})
	}
	return calls, complete
}

// Callees are the functions that f may call, each with the place.
func (r *Reach) Callees(f *ssa.Function) (out []Callee) {
	if node := r.graph.calls.Nodes[f]; node != nil && !r.stopped(f) {
		for _, e := range node.Out {
			if _, ok := r.steps[e.Callee.Func]; ok && e.Site != nil {
				out = append(out, Callee{e.Callee.Func, Call{f, e.Site}})
			}
		}
	}
	return out
}

// Callee is a function and one place that may call it.
type Callee struct {
	Func *ssa.Function
	Call Call
}
