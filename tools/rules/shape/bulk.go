package shape

import (
	"go/ast"
	"go/token"
	"slices"

	"tellijn/tools/rules/source"
)

// handlers lists the folders that have pixels or the coded bytes of a frame in their hands. Cells and what
// comes after them are no pixels; hal/camera/sim and hal/camera/clip are on no device that counts
// real people.
func handlers() []string {
	return []string{"counting/luma", "counting/grid", "hal/camera/feed", "hal/camera/lender", "hal/camera/v4l2"}
}

// doubles are below the handlers: one stands in for hardware, the other is made of tests.
func doubles() []string { return []string{"hal/camera/v4l2/usbcam", "hal/camera/v4l2/v4l2smoke"} }

// movers are the functions of the standard library that move bytes in bulk or keep them.
func movers() map[string][]string {
	return map[string][]string{
		"bytes":   {"Buffer", "Clone", "Join", "Map", "NewBuffer", "NewReader", "Repeat", "Replace", "ReplaceAll"},
		"slices":  {"Clone", "Concat", "Delete", "Grow", "Insert", "Repeat", "Replace"},
		"strings": {"Builder", "Clone"},
		"io":      {"Copy", "CopyBuffer", "CopyN", "ReadAll"},
		"bufio":   {"NewReader", "NewReaderSize", "NewScanner", "NewWriter", "NewWriterSize"},
	}
}

// Bulk gives what moves bytes in bulk where pixels are: copy, append of a slice, a string or an array
// made of bytes, and the functions that do it for the caller. All end in runtime.memmove, which takes
// bytes through wide registers; nobody can wipe those, and a signal stores them on a stack. The
// rule sees shapes and no types, so a move of something else may need an exception.
func Bulk(t *source.Tree) (found []source.Finding) {
	for _, f := range t.Files {
		if f.Go == nil || f.Test() || !f.Under(handlers()...) || f.Under(doubles()...) {
			continue
		}
		compared := map[ast.Node]bool{}
		ast.Inspect(f.Go, func(n ast.Node) bool {
			name := ""
			switch n := n.(type) {
			case *ast.BinaryExpr: // a string made only to be compared is not made at all
				if n.Op == token.EQL || n.Op == token.NEQ {
					compared[n.X], compared[n.Y] = true, true
				}
			case *ast.CallExpr:
				if !compared[n] {
					name = moves(n)
				}
			case *ast.StarExpr:
				if c, ok := n.X.(*ast.CallExpr); ok && arrayOf(c.Fun) {
					name = "*(*[N]T)(x)"
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && slices.Contains(movers()[x.Name], n.Sel.Name) {
					name = x.Name + "." + n.Sel.Name
				}
			}
			if name != "" {
				found = append(found, source.Finding{Rule: "bulk", Path: f.Path, Line: t.Line(n.Pos()), Name: name,
					Text: "it moves bytes in bulk, which leaves pixels in registers that nobody wipes; read them where they lie"})
			}
			return true
		})
	}
	return found
}

// moves names the call if it is a builtin or a conversion that moves bytes, or is "".
func moves(c *ast.CallExpr) string {
	switch fun := c.Fun.(type) {
	case *ast.Ident:
		switch {
		case fun.Name == "copy":
			return "copy"
		case fun.Name == "append" && c.Ellipsis.IsValid():
			return "append"
		case fun.Name == "string" && len(c.Args) == 1:
			return "string"
		}
	case *ast.ArrayType:
		if fun.Len != nil {
			return "[N]T(x)"
		}
	}
	return ""
}

// arrayOf tells whether a conversion gives a pointer to an array: (*[N]T)(x).
func arrayOf(fun ast.Expr) bool {
	p, ok := fun.(*ast.ParenExpr)
	if !ok {
		return false
	}
	s, ok := p.X.(*ast.StarExpr)
	if !ok {
		return false
	}
	a, ok := s.X.(*ast.ArrayType)
	return ok && a.Len != nil
}

// Placed gives every use of wipe.Place but where a test shows that what is placed holds no pointer.
func Placed(t *source.Tree) (found []source.Finding) {
	for _, f := range t.Files {
		if f.Go == nil || f.Test() || f.Dir() == "counting/pipeline" {
			continue
		}
		ast.Inspect(f.Go, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok || s.Sel.Name != "Place" {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "wipe" {
				found = append(found, source.Finding{Rule: "placed", Path: f.Path, Line: t.Line(s.Pos()), Name: "wipe.Place",
					Text: "only counting/pipeline may, where a test shows that what it places holds no pointer"})
			}
			return true
		})
	}
	return found
}
