package keys

import (
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"tellijn/tools/rules/source"
)

// tagOf is the TOML key of a field, "" without one.
func tagOf(field *ast.Field) string {
	if field.Tag == nil {
		return ""
	}
	raw, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(reflect.StructTag(raw).Get("toml"), ",")
	return name
}

// Flags gives the flags of each program, by the folder of its main package, found as calls that
// define one. A definition whose name is not written out is an error.
func Flags(t *source.Tree) (map[string][]string, error) {
	out := map[string][]string{}
	has := map[string]bool{} // folders: a set of flags may come from another file
	for _, f := range t.Files {
		if Device(f) && imports(f.Go, "flag") {
			has[f.Dir()] = true
		}
	}
	for _, f := range t.Files {
		if !Device(f) || !has[f.Dir()] {
			continue
		}
		var err error
		ast.Inspect(f.Go, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			s, ok := c.Fun.(*ast.SelectorExpr)
			if !ok || !defines(s.Sel.Name) || len(c.Args) < 2 {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name != "flag" && imports(f.Go, x.Name) {
				return true // a function of another package
			}
			for _, a := range c.Args[:2] {
				if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					name, _ := strconv.Unquote(lit.Value)
					out[program(f)] = append(out[program(f)], name)
					return true
				}
			}
			err = fmt.Errorf("keys: %s:%d: a flag whose name is not written out", f.Path, t.Line(c.Pos()))
			return true
		})
		if err != nil {
			return nil, err
		}
		slices.Sort(out[program(f)])
	}
	return out, nil
}

// program is the folder of the program that a file belongs to: the first two parts of its path.
func program(f *source.File) string {
	part := strings.SplitN(f.Path, "/", 3)
	return strings.Join(part[:2], "/")
}

// defines tells whether a function of package flag defines one.
func defines(name string) bool {
	name = strings.TrimSuffix(name, "Var")
	return slices.Contains([]string{"", "Bool", "BoolFunc", "Duration", "Float64", "Func", "Int", "Int64", "String", "Text", "Uint", "Uint64"}, name)
}

func imports(f *ast.File, name string) bool {
	return slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool {
		p := strings.Trim(s.Path.Value, `"`)
		return p == name || strings.HasSuffix(p, "/"+name)
	})
}

// Reads gives every place of the device that asks for the environment or for words of the command
// line other than flags.
func Reads(t *source.Tree) (found []Place) {
	for _, f := range t.Files {
		if Device(f) {
			found = append(found, reads(f.Go, func(p token.Pos) string { return fmt.Sprintf("%s:%d", f.Path, t.Line(p)) })...)
		}
	}
	return found
}

// reads gives the places of one file.
func reads(f *ast.File, at func(token.Pos) string) (found []Place) {
	asks := map[string][]string{
		"os":      {"Getenv", "LookupEnv", "Environ", "ExpandEnv", "UserCacheDir", "UserConfigDir", "UserHomeDir", "TempDir", "Args"},
		"syscall": {"Getenv", "Environ"}, "unix": {"Getenv", "Environ"}, "flag": {"Args", "Arg"},
	}
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && slices.Contains(asks[x.Name], s.Sel.Name) {
			found = append(found, Place{x.Name + "." + s.Sel.Name, at(s.Pos())})
		}
		return true
	})
	return found
}

// Tags gives every build tag that decides about a file of the device, in a comment or in the name
// of the file, with the files. Tests do not run on a device and do not count.
func Tags(t *source.Tree) (map[string][]string, error) {
	out := map[string][]string{}
	for _, f := range t.Files {
		if !Device(f) {
			continue
		}
		note := func(tag string) {
			if !slices.Contains(out[tag], f.Path) {
				out[tag] = append(out[tag], f.Path)
			}
		}
		words := strings.Split(strings.TrimSuffix(f.Path[strings.LastIndex(f.Path, "/")+1:], ".go"), "_")
		for _, w := range words[1:] {
			if slices.Contains([]string{"linux", "darwin", "windows", "unix", "amd64", "arm64", "arm", "386", "riscv64"}, w) {
				note(w)
			}
		}
		for _, group := range f.Go.Comments {
			for _, c := range group.List {
				if !constraint.IsGoBuild(c.Text) {
					continue
				}
				e, err := constraint.Parse(c.Text)
				if err != nil {
					return nil, fmt.Errorf("keys: %s: %w", f.Path, err)
				}
				e.Eval(func(tag string) bool { note(tag); return true })
				e.Eval(func(tag string) bool { note(tag); return false })
			}
		}
	}
	return out, nil
}
