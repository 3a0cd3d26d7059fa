// Package find looks at the eye as it is built for a real board and for a simulated one, and gives
// what lists of tools/proof/static/lists are compared with: system calls, requests, functions that
// open, what is used of the camera library, and the fields of messages. It judges nothing. It stands
// outside the data path, for tools/proof/static.
package find

import (
	"context"
	"fmt"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"tellijn/tools/proof/static/calls"
	"tellijn/tools/proof/static/graph"
	"tellijn/tools/proof/static/lists"
)

// Eye is the eye in both builds.
type Eye struct{ builds []build }

// build is one of them.
type build struct {
	name  string // as in lists
	graph *graph.Graph
	reach *graph.Reach
	found calls.Found
}

// Load reads both builds of the eye. overlay replaces files by absolute path; nil replaces none.
func Load(ctx context.Context, root string, overlay map[string][]byte) (*Eye, error) {
	e := &Eye{}
	for _, b := range []struct{ name, tags string }{{"real", ""}, {"sim", "sim"}} {
		g, err := graph.Of(ctx, graph.Source{Root: root, Tags: b.tags, Overlay: overlay}, "./firmware/eye")
		if err != nil {
			return nil, err
		}
		r := g.Reach(nil)
		e.builds = append(e.builds, build{b.name, g, r, calls.In(r)})
	}
	return e, nil
}

// Functions is how many functions the larger build can reach.
func (e *Eye) Functions() (n int) {
	for _, b := range e.builds {
		n = max(n, len(b.reach.Functions()))
	}
	return n
}

// Calls are the system calls, as number, name and who says it.
func (e *Eye) Calls() lists.Found {
	found := lists.Found{}
	for _, b := range e.builds {
		for _, c := range b.found.Numbers {
			found.Add(fmt.Sprintf("%d | %s | %s", c.Value, name(b.graph.Program, c.Value), c.In), b.name)
		}
	}
	return found
}

// Requests are those of ioctl, as number, name and who says it.
func (e *Eye) Requests() lists.Found {
	found := lists.Found{}
	for _, b := range e.builds {
		for _, c := range b.found.Requests {
			found.Add(fmt.Sprintf("%#x | %s | %s", c.Value, request(c.Value), c.In), b.name)
		}
	}
	return found
}

// Bare are the functions without a body in Go.
func (e *Eye) Bare() lists.Found {
	found := lists.Found{}
	for _, b := range e.builds {
		for _, f := range calls.Bare(b.reach) {
			found.Add(f.String(), b.name)
		}
	}
	return found
}

// Unseen gives, in words, what no list can speak for: numbers that are no constants, and calls
// through reflection.
func (e *Eye) Unseen() (wrong []string) {
	for _, b := range e.builds {
		for _, u := range b.found.Unknown {
			wrong = append(wrong, fmt.Sprintf("no constant in %s, %s: %s", u.In, b.graph.Position(u.Pos), u.What))
		}
		for _, way := range b.reach.Reflective() {
			wrong = append(wrong, "calls by reflection: "+way)
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

// name is what golang.org/x/sys/unix, or else syscall, calls a system call.
func name(p *ssa.Program, number uint64) string {
	for _, path := range []string{"golang.org/x/sys/unix", "syscall"} {
		pkg := p.ImportedPackage(path)
		if pkg == nil {
			continue
		}
		scope := pkg.Pkg.Scope()
		for _, n := range scope.Names() {
			c, ok := scope.Lookup(n).(*types.Const)
			if !ok || !strings.HasPrefix(n, "SYS_") {
				continue
			}
			if v, exact := constant.Uint64Val(c.Val()); exact && v == number {
				return strings.ToLower(strings.TrimPrefix(n, "SYS_"))
			}
		}
	}
	return "unknown"
}

// request is the name of a request, from its letter and its serial number. (linux/videodev2.h)
func request(n uint64) string {
	names := map[uint64]string{0: "QUERYCAP", 2: "ENUM_FMT", 4: "G_FMT", 5: "S_FMT", 8: "REQBUFS", 9: "QUERYBUF", 15: "QBUF",
		16: "EXPBUF", 17: "DQBUF", 18: "STREAMON", 19: "STREAMOFF", 21: "G_PARM", 22: "S_PARM", 27: "G_CTRL", 28: "S_CTRL",
		36: "QUERYCTRL", 38: "G_INPUT", 39: "S_INPUT", 74: "ENUM_FRAMESIZES", 75: "ENUM_FRAMEINTERVALS", 90: "SUBSCRIBE_EVENT"}
	if s, ok := names[n&0xFF]; ok && n>>8&0xFF == 'V' {
		return s
	}
	return "unknown"
}
