package find

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"tellijn/tools/proof/static/lists"
	"tellijn/tools/rules/source"
)

// Flags gives every flag that a program of the device has, by program and name, each program that
// looks at its arguments itself, and in words every definition whose name is not written there.
func Flags(t *source.Tree) (found lists.Found, wrong []string) {
	found = lists.Found{}
	givers := map[string]map[string]bool{} // by folder: functions that give a set of flags
	for _, f := range t.Files {
		if f.Go != nil && !f.Test() && f.Under("firmware") {
			if givers[f.Dir()] == nil {
				givers[f.Dir()] = map[string]bool{}
			}
			gives(f.Go, givers[f.Dir()])
		}
	}
	for _, f := range t.Files {
		if f.Go == nil || f.Test() || !f.Under("firmware") {
			continue
		}
		sets := flagSets(f.Go, givers[f.Dir()])
		ast.Inspect(f.Go, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Args" {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "os" {
					found[strings.Split(f.Path, "/")[1]+" | os.Args"] = "both"
				}
			}
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			s, ok := c.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, named := s.X.(*ast.Ident)
			at, defines := position(s.Sel.Name)
			if !defines || !named || !sets[x.Name] {
				return true
			}
			if at < len(c.Args) {
				if l, ok := c.Args[at].(*ast.BasicLit); ok && l.Kind == token.STRING {
					if name, err := strconv.Unquote(l.Value); err == nil {
						found[strings.Split(f.Path, "/")[1]+" | -"+name] = "both"
						return true
					}
				}
			}
			wrong = append(wrong, f.Path+": the name of a flag is not written at "+x.Name+"."+s.Sel.Name)
			return true
		})
		for _, spec := range f.Go.Imports {
			if spec.Path.Value == `"flag"` && spec.Name != nil {
				wrong = append(wrong, f.Path+": package flag under another name")
			}
		}
	}
	return found, wrong
}

// gives collects the functions of a file whose result is a *flag.FlagSet.
func gives(f *ast.File, into map[string]bool) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Type.Results == nil {
			continue
		}
		for _, r := range fn.Type.Results.List {
			if p, ok := r.Type.(*ast.StarExpr); ok && chosen(p.X, "FlagSet") {
				into[fn.Name.Name] = true
			}
		}
	}
}

// flagSets are the names in a file through which flags can be defined: the package, what
// flag.NewFlagSet or one of the givers gives, and whatever is declared to be a *flag.FlagSet.
func flagSets(f *ast.File, givers map[string]bool) map[string]bool {
	sets := map[string]bool{"flag": true}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, r := range n.Rhs {
				c, ok := r.(*ast.CallExpr)
				if !ok || i >= len(n.Lhs) || !chosen(c.Fun, "NewFlagSet") && !givers[called(c.Fun)] {
					continue
				}
				for _, l := range n.Lhs { // a giver may give more than the set
					if id, ok := l.(*ast.Ident); ok {
						sets[id.Name] = true
					}
				}
			}
		case *ast.Field:
			if p, ok := n.Type.(*ast.StarExpr); ok && chosen(p.X, "FlagSet") {
				for _, id := range n.Names {
					sets[id.Name] = true
				}
			}
		}
		return true
	})
	return sets
}

// called is the name of a function or method that is called.
func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// chosen tells whether an expression is a name of package flag.
func chosen(e ast.Expr, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == "flag" && s.Sel.Name == name
}

// position is where a function of package flag takes the name of a flag.
func position(function string) (at int, defines bool) {
	switch {
	case slices.Contains([]string{"Bool", "BoolFunc", "Duration", "Float64", "Func", "Int", "Int64", "String", "Uint", "Uint64"}, function):
		return 0, true
	case strings.HasSuffix(function, "Var"):
		return 1, true
	}
	return 0, false
}
