package shape

import (
	"go/ast"
	"go/token"
	"strings"

	"tellijn/tools/rules/source"
)

// State gives init functions and package-level variables. Errors and embedded files may be
// variables, since Go has no constants of those kinds; tests may have flags. Anything else, such
// as a lookup table, needs an exception with a reason, and even then nobody may write to it.
func State(t *source.Tree) (found []source.Finding) {
	for dir, files := range t.Packages() {
		names := map[string]bool{}
		for _, f := range files {
			for _, d := range f.Go.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					found = append(found, source.Finding{Rule: "init", Path: f.Path, Line: t.Line(fn.Pos()), Name: "init",
						Text: "what happens before main cannot be seen from main"})
				}
				for _, id := range variables(d) {
					names[id.Name] = true
					found = append(found, source.Finding{Rule: "state", Path: f.Path, Line: t.Line(id.Pos()), Name: id.Name,
						Text: "a variable of the package; make it a constant, a field or an argument"})
				}
			}
		}
		for _, f := range files {
			found = append(found, written(t, f, dir, names)...)
		}
	}
	return found
}

// variables gives the package-level variables of a declaration that are neither errors nor
// embedded files nor unnamed.
func variables(d ast.Decl) (ids []*ast.Ident) {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR {
		return nil
	}
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		if embedded(g.Doc) || embedded(v.Doc) {
			continue
		}
		for i, id := range v.Names {
			if id.Name != "_" && !(len(v.Values) == len(v.Names) && isError(v.Values[i])) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func embedded(c *ast.CommentGroup) bool {
	if c == nil {
		return false
	}
	for _, line := range c.List {
		if strings.HasPrefix(line.Text, "//go:embed ") {
			return true
		}
	}
	return false
}

// isError tells whether a value is made by errors.New or fmt.Errorf, or is an error of another
// package under its own name.
func isError(e ast.Expr) bool {
	made := false
	if c, ok := e.(*ast.CallExpr); ok {
		e, made = c.Fun, true
	}
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	switch {
	case !ok:
		return false
	case made:
		return x.Name == "errors" && s.Sel.Name == "New" || x.Name == "fmt" && s.Sel.Name == "Errorf"
	}
	return strings.HasPrefix(s.Sel.Name, "Err")
}

// written gives assignments to the named variables, and places where their address is taken.
func written(t *source.Tree, f *source.File, dir string, names map[string]bool) (found []source.Finding) {
	note := func(e ast.Expr) {
		if id := base(e); id != nil && names[id.Name] {
			found = append(found, source.Finding{Rule: "written", Path: f.Path, Line: t.Line(id.Pos()), Name: id.Name,
				Text: "a variable of package " + dir + " is written after its start, or may be through a pointer"})
		}
	}
	ast.Inspect(f.Go, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					note(e)
				}
			}
		case *ast.IncDecStmt:
			note(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				note(n.X)
			}
		}
		return true
	})
	return found
}

// base is the variable that an expression such as a[i].b writes to.
func base(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		default:
			return nil
		}
	}
}
