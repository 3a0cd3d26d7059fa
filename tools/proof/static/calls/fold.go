package calls

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"tellijn/tools/proof/static/graph"
)

// Constant is a number that was followed to where it stands.
type Constant struct {
	Value uint64
	In    *ssa.Function // the function that says it
}

// Unknown is where following ended without a constant.
type Unknown struct {
	What string // of the value, for people
	In   *ssa.Function
	Pos  token.Pos
}

// value is a value of one function, and what the parameters of that function are if it is looked
// into from one call of it; nil means that any call counts.
type value struct {
	ssa.Value
	in   *ssa.Function
	args map[*ssa.Parameter]value
}

// folder follows numbers.
type folder struct {
	reach   *graph.Reach
	globals map[*ssa.Global]*global
}

// global is what is known of a variable of a package.
type global struct {
	stores  []value
	escapes bool // its address goes elsewhere
}

// newFolder finds out who writes to the variables of packages.
func newFolder(r *graph.Reach) *folder {
	d := &folder{r, map[*ssa.Global]*global{}}
	for _, f := range r.Functions() {
		for _, b := range f.Blocks {
			for _, in := range b.Instrs {
				for _, op := range in.Operands(nil) {
					v, ok := (*op).(*ssa.Global)
					if !ok {
						continue
					}
					g := d.globals[v]
					if g == nil {
						g = &global{}
						d.globals[v] = g
					}
					switch in := in.(type) {
					case *ssa.UnOp:
					case *ssa.Store:
						g.escapes = g.escapes || in.Val == v
						g.stores = append(g.stores, value{in.Val, f, nil})
					default:
						g.escapes = true
					}
				}
			}
		}
	}
	return d
}

// fold gives every constant that v can be, and every end that is none.
func (d *folder) fold(v value, seen map[ssa.Value]bool) (all []Constant, open []Unknown) {
	more := func(next value) {
		c, u := d.fold(next, seen)
		all, open = append(all, c...), append(open, u...)
	}
	unknown := func(what string) { open = append(open, Unknown{what, v.in, v.Pos()}) }
	switch x := v.Value.(type) {
	case *ssa.Const:
		if n, ok := number(x); ok {
			all = append(all, Constant{n, v.in})
		} else {
			unknown("no number")
		}
	case *ssa.Convert:
		c, u := d.fold(value{x.X, v.in, v.args}, seen)
		for i := range c {
			c[i].Value &= mask(x.Type())
		}
		return c, u
	case *ssa.ChangeType:
		more(value{x.X, v.in, v.args})
	case *ssa.BinOp:
		return d.binary(x, v, seen)
	case *ssa.Phi:
		if seen[x] { // a loop adds nothing that is not followed already
			return nil, nil
		}
		for _, e := range x.Edges {
			c, u := d.fold(value{e, v.in, v.args}, with(seen, x))
			all, open = append(all, c...), append(open, u...)
		}
	case *ssa.Parameter:
		if a, ok := v.args[x]; ok {
			c, u := d.fold(a, seen)
			return c, u
		}
		if seen[x] {
			return nil, nil
		}
		for _, a := range d.arguments(x, v.in) {
			if a.Value == nil {
				unknown("parameter " + x.Name() + " of a function that is called from where nobody sees it")
				continue
			}
			c, u := d.fold(a, with(seen, x))
			all, open = append(all, c...), append(open, u...)
		}
	case *ssa.UnOp:
		g, ok := x.X.(*ssa.Global)
		if x.Op != token.MUL || !ok || d.globals[g] == nil || d.globals[g].escapes || len(d.globals[g].stores) != 1 {
			unknown(fmt.Sprintf("computed: %s", x))
			break
		}
		c, u := d.fold(d.globals[g].stores[0], seen)
		for i := range c {
			c[i].In = v.in // who uses the variable says the number
		}
		return c, u
	case *ssa.Call:
		f := x.Call.StaticCallee()
		if f == nil || len(f.Blocks) != 1 {
			unknown(fmt.Sprintf("computed: %s", x))
			break
		}
		args := map[*ssa.Parameter]value{}
		for i, p := range f.Params {
			args[p] = value{x.Call.Args[i], v.in, v.args}
		}
		if ret, ok := f.Blocks[0].Instrs[len(f.Blocks[0].Instrs)-1].(*ssa.Return); ok && len(ret.Results) == 1 {
			more(value{ret.Results[0], f, args})
		} else {
			unknown(fmt.Sprintf("computed: %s", x))
		}
	default:
		unknown(fmt.Sprintf("computed: %s", v.Value))
	}
	return all, open
}

// binary computes every pair of what both sides can be.
func (d *folder) binary(x *ssa.BinOp, v value, seen map[ssa.Value]bool) (all []Constant, open []Unknown) {
	a, ua := d.fold(value{x.X, v.in, v.args}, seen)
	b, ub := d.fold(value{x.Y, v.in, v.args}, seen)
	if open = append(ua, ub...); len(open) > 0 {
		return nil, []Unknown{{fmt.Sprintf("computed: %s", x), v.in, x.Pos()}}
	}
	for _, l := range a {
		for _, r := range b {
			n, ok := l.Value, true
			switch x.Op {
			case token.OR:
				n |= r.Value
			case token.AND:
				n &= r.Value
			case token.ADD:
				n += r.Value
			case token.SHL:
				n <<= r.Value
			default:
				ok = false
			}
			if !ok {
				return nil, []Unknown{{fmt.Sprintf("computed: %s", x), v.in, x.Pos()}}
			}
			all = append(all, Constant{n & mask(x.Type()), l.In})
		}
	}
	return all, nil
}

// arguments are what the calls of f give for one of its parameters. A value without Value stands
// for calls that nobody sees.
func (d *folder) arguments(p *ssa.Parameter, f *ssa.Function) (out []value) {
	calls, complete := d.reach.Callers(f)
	for i, q := range f.Params {
		if q != p {
			continue
		}
		for _, c := range calls {
			out = append(out, value{c.Argument(i), c.From, nil})
		}
	}
	if !complete {
		out = append(out, value{})
	}
	return out
}

// number is the value of a constant as the kernel gets it.
func number(c *ssa.Const) (uint64, bool) {
	if c.Value == nil || c.Value.Kind() != constant.Int {
		return 0, false
	}
	return c.Uint64() & mask(c.Type()), true
}

// mask cuts a number to the size of its type.
func mask(t types.Type) uint64 {
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return ^uint64(0)
	}
	switch b.Kind() {
	case types.Int8, types.Uint8:
		return 0xFF
	case types.Int16, types.Uint16:
		return 0xFFFF
	case types.Int32, types.Uint32:
		return 0xFFFFFFFF
	}
	return ^uint64(0)
}

// with is seen and one more.
func with(seen map[ssa.Value]bool, v ssa.Value) map[ssa.Value]bool {
	out := map[ssa.Value]bool{v: true}
	for k := range seen {
		out[k] = true
	}
	return out
}
