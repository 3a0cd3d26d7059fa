// Package keys finds in the source everything that a person can set: keys of TOML files, flags,
// build tags, and whatever reads the environment. It finds them by code, so that a new one cannot
// slip by; it judges and runs nothing. It is the first step of tools/proof/space.
package keys

import (
	"fmt"
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"tellijn/tools/rules/source"
)

// Place is one thing that was found, and where.
type Place struct {
	Name string // of the key, flag, tag or function
	At   string // file:line, or the file
}

// Device tells whether a file is part of what runs on a device. Folders whose name ends in test hold what
// only tests use, and boards/recipe what images are made of; tools/rules/imports sees to it that no
// program links them.
func Device(f *source.File) bool {
	return f.Go != nil && f.Dir() != "boards/recipe" && !f.Test() && !strings.HasSuffix(f.Dir(), "test") && f.Under("hal", "counting", "privacy", "firmware", "boards", "ota")
}

// TOML gives the keys of each kind of file that plan.Read reads, by the folder that reads it, such
// as "camera.width" and "scene.line.from" for firmware/config. It is an error if a struct tag of the
// device belongs to no such file, or if something else reads TOML: then there are keys unseen.
func TOML(t *source.Tree) (map[string][]string, error) {
	s := &structs{byName: map[string]*ast.StructType{}, imports: map[string]map[string]string{}, reached: map[*ast.Field]bool{}}
	for _, f := range t.Files {
		if Device(f) {
			s.collect(f)
		}
	}
	out := map[string][]string{}
	for _, f := range t.Files {
		if !Device(f) {
			continue
		}
		for _, spec := range f.Go.Imports {
			if strings.Contains(spec.Path.Value, "/toml\"") && f.Dir() != "boards/plan" {
				return nil, fmt.Errorf("keys: %s imports %s; only boards/plan reads TOML", f.Path, spec.Path.Value)
			}
		}
		for _, name := range roots(f.Go) {
			if name == "" {
				return nil, fmt.Errorf("keys: %s calls plan.Read with something other than a variable of its own", f.Path)
			}
			root := s.byName[f.Dir()+"."+name]
			if root == nil {
				return nil, fmt.Errorf("keys: %s reads into %s, which is no struct of its package", f.Path, name)
			}
			out[f.Dir()] = append(out[f.Dir()], s.walk(f.Dir(), root, "")...)
		}
	}
	for _, f := range t.Files {
		if !Device(f) {
			continue
		}
		for field, key := range tagged(f.Go) {
			if !s.reached[field] {
				return nil, fmt.Errorf("keys: %s:%d: the key %q belongs to no file that is read", f.Path, t.Line(field.Pos()), key)
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("keys: nobody calls plan.Read; has it another name now?")
	}
	return out, nil
}

// roots gives the types of the variables that a file hands to plan.Read, "" for what is no plain
// variable.
func roots(f *ast.File) (names []string) {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		types := map[string]string{}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if id, ok := n.Type.(*ast.Ident); ok {
					for _, name := range n.Names {
						types[name.Name] = id.Name
					}
				}
			case *ast.CallExpr:
				if !selects(n.Fun, "plan", "Read") || len(n.Args) != 3 {
					return true
				}
				name := ""
				if u, ok := n.Args[2].(*ast.UnaryExpr); ok {
					if id, ok := u.X.(*ast.Ident); ok {
						name = types[id.Name]
					}
				}
				names = append(names, name)
			}
			return true
		})
	}
	return names
}

func selects(e ast.Expr, pkg, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg
}

// structs are the struct types of the device.
type structs struct {
	byName  map[string]*ast.StructType   // folder.Name
	imports map[string]map[string]string // folder, name of a package, its folder
	reached map[*ast.Field]bool
}

func (s *structs) collect(f *source.File) {
	if s.imports[f.Dir()] == nil {
		s.imports[f.Dir()] = map[string]string{}
	}
	for _, spec := range f.Go.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if own, ok := strings.CutPrefix(name, source.Module+"/"); ok && err == nil {
			s.imports[f.Dir()][own[strings.LastIndex(own, "/")+1:]] = own
		}
	}
	ast.Inspect(f.Go, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			if st, ok := spec.Type.(*ast.StructType); ok {
				s.byName[f.Dir()+"."+spec.Name.Name] = st
			}
		}
		return true
	})
}

// walk gives the keys of a struct. A list of tables is a key itself, for how many there are.
func (s *structs) walk(dir string, st *ast.StructType, prefix string) (keys []string) {
	for _, field := range st.Fields.List {
		s.reached[field] = true
		key := tagOf(field)
		if key == "-" {
			continue
		}
		if key == "" && len(field.Names) == 1 && field.Names[0].IsExported() {
			key = strings.ToLower(field.Names[0].Name) // as the parser does without a tag
		}
		if key == "" {
			continue
		}
		inner, in, list := s.inside(dir, field.Type)
		if inner == nil || list {
			keys = append(keys, prefix+key)
		}
		if inner != nil {
			keys = append(keys, s.walk(in, inner, prefix+key+".")...)
		}
	}
	slices.Sort(keys)
	return keys
}

// inside gives the struct that a type is, points to or is a list of.
func (s *structs) inside(dir string, e ast.Expr) (st *ast.StructType, in string, list bool) {
	switch e := e.(type) {
	case *ast.StarExpr:
		return s.inside(dir, e.X)
	case *ast.ArrayType:
		st, in, _ = s.inside(dir, e.Elt)
		return st, in, true
	case *ast.MapType:
		st, in, _ = s.inside(dir, e.Value)
		return st, in, true
	case *ast.Ident:
		return s.byName[dir+"."+e.Name], dir, false
	case *ast.StructType:
		return e, dir, false
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			in = s.imports[dir][x.Name]
			return s.byName[in+"."+e.Sel.Name], in, false
		}
	}
	return nil, dir, false
}

// tagged gives the fields of a file that have a TOML key.
func tagged(f *ast.File) map[*ast.Field]string {
	m := map[*ast.Field]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok && tagOf(field) != "" {
			m[field] = tagOf(field)
		}
		return true
	})
	return m
}
