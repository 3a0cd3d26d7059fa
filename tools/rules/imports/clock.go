package imports

import (
	"go/ast"
	"slices"

	"tellijn/tools/rules/source"
)

// spans are the names of package time that only measure, and never ask what time it is.
func spans() []string {
	return []string{"Duration", "Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour"}
}

// asks are the names of package time that ask the machine what time it is, or wait for it.
func asks() []string {
	return []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
}

// Clock gives every use of a clock where time has to come in as an argument. Drivers of the kernel
// and hal/clock, which is the clock, may ask.
func Clock(t *source.Tree) (found []source.Finding) {
	for _, f := range t.Files {
		if f.Go == nil || f.Test() {
			continue
		}
		pure := f.Under("counting")
		if !pure && (!f.Under("hal", "privacy", "boards") || f.Under("hal/clock", "hal/camera/v4l2")) {
			continue
		}
		clock := local(f.Go, "time")
		ast.Inspect(f.Go, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := s.X.(*ast.Ident)
			if !ok || x.Name != clock {
				return true
			}
			if pure && !slices.Contains(spans(), s.Sel.Name) || !pure && slices.Contains(asks(), s.Sel.Name) {
				found = append(found, source.Finding{Rule: "clock", Path: f.Path, Line: t.Line(s.Pos()), Name: "time." + s.Sel.Name,
					Text: "time comes in as an argument here, so that a test runs a day in a millisecond"})
			}
			return true
		})
	}
	return found
}

// local is the name under which a file imports a package, "" when it does not.
func local(f *ast.File, path string) string {
	for _, spec := range f.Imports {
		if spec.Path.Value != `"`+path+`"` {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path
	}
	return ""
}
