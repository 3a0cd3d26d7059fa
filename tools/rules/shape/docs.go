// Package shape checks what code looks like from outside: that packages and exported names say what
// they are, that nothing happens or lives at package level, and that a reader's patience is enough.
// It reads parsed Go files and never changes them. It stands outside the data path.
package shape

import (
	"go/ast"
	"go/token"
	"sort"
	"strings"

	"tellijn/tools/rules/source"
)

// least is how many characters a package comment has at least; less cannot say what the package
// is, what it never does, and its place in the data path.
const least = 60

// Docs gives packages without a comment that says something, and exported names without any.
func Docs(t *source.Tree) (found []source.Finding) {
	packages := t.Packages()
	var dirs []string
	for dir := range packages {
		dirs = append(dirs, dir)
	}
	sort.Strings(dirs)
	for _, dir := range dirs {
		files := packages[dir]
		comment := ""
		for _, f := range files {
			if text := f.Go.Doc.Text(); len(text) > len(comment) {
				comment = text
			}
		}
		if len(comment) < least {
			found = append(found, source.Finding{Rule: "docs", Path: dir, Name: "package " + files[0].Go.Name.Name,
				Text: "no package comment that says what it is, what it never does, and its place in the data path"})
		}
		for _, f := range files {
			for _, id := range undocumented(f.Go) {
				found = append(found, source.Finding{Rule: "docs", Path: f.Path, Line: t.Line(id.Pos()), Name: id.Name,
					Text: "exported without a comment; say shapes, units and errors"})
			}
		}
	}
	return found
}

// undocumented gives the exported names of a file that have no comment. Methods of the standard
// interfaces say by their name what they do.
func undocumented(f *ast.File) (ids []*ast.Ident) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc.Text() == "" && exportedReceiver(d) && !wellKnown(d) {
				ids = append(ids, d.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Name.IsExported() && d.Doc.Text()+s.Doc.Text() == "" {
						ids = append(ids, s.Name)
					}
				case *ast.ValueSpec:
					own := s.Doc.Text() + s.Comment.Text()
					// One comment may speak for a group of constants, for instance of flags.
					if d.Tok == token.CONST || !d.Lparen.IsValid() {
						own += d.Doc.Text()
					}
					for _, id := range s.Names {
						if id.IsExported() && own == "" {
							ids = append(ids, id)
						}
					}
				}
			}
		}
	}
	return ids
}

// exportedReceiver tells whether a function can be seen from outside: it is no method, or one of an
// exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// wellKnown are methods whose contract stands in the standard library.
func wellKnown(d *ast.FuncDecl) bool {
	return d.Recv != nil && strings.Contains(" Error Unwrap Is Len Less Swap ", " "+d.Name.Name+" ")
}
