package shape

import (
	"go/ast"

	"tellijn/tools/rules/source"
)

// Panics gives calls of panic in what runs on a device: bad input is an error, and a full table is
// an outcome with a counter.
func Panics(t *source.Tree) (found []source.Finding) {
	for _, f := range t.Files {
		if f.Go == nil || f.Test() || !f.Under("hal", "counting", "privacy", "firmware", "ota", "boards") {
			continue
		}
		ast.Inspect(f.Go, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if id, ok := c.Fun.(*ast.Ident); ok && id.Name == "panic" {
				found = append(found, source.Finding{Rule: "panic", Path: f.Path, Line: t.Line(c.Pos()), Name: "panic",
					Text: "return an error, or drop and count"})
			}
			return true
		})
	}
	return found
}
