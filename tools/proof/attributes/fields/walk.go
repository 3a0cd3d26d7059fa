// Package fields walks everything that the programs hand to each other, to disk or to a viewer, field
// by field, and holds it against a closed list with a word on each: what is not on the list falls
// short, whatever it is called. It decides nothing about people and reads no message. It stands
// outside the data path, for tools/proof/attributes.
package fields

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"tellijn/firmware/handoff"
	"tellijn/firmware/orders"
	"tellijn/firmware/view"
	"tellijn/privacy/batch"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/room/envelope"
	"tellijn/privacy/room/message"
	"tellijn/privacy/wire"
)

// Messages are all types of value that one program hands to another, or that leaves.
func Messages() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[record.Record](), reflect.TypeFor[devicelog.Entry](), reflect.TypeFor[wire.Message](), reflect.TypeFor[view.State](),
		reflect.TypeFor[handoff.Item](), reflect.TypeFor[handoff.Back](), reflect.TypeFor[orders.Orders](),
		reflect.TypeFor[message.Tally](), reflect.TypeFor[message.Receipt](), reflect.TypeFor[envelope.Envelope](),
		reflect.TypeFor[batch.Batch](), reflect.TypeFor[batch.Answer](), reflect.TypeFor[batch.Receipt]()}
}

// Walk gives every field of a type that holds a value, such as "record.Record.Lines[].Forward".
func Walk(t reflect.Type) []string { return walk(t.String(), t) }

func walk(at string, t reflect.Type) (all []string) {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return []string{at}
		}
		return walk(at+"[]", t.Elem())
	case reflect.Pointer:
		return walk(at, t.Elem())
	case reflect.Map: // a key may be anything
		return []string{at + "{}"}
	case reflect.Struct:
		for i := range t.NumField() {
			// Embedded and unexported fields are fields. A blank one without size is a mark for
			// the encoder.
			if f := t.Field(i); f.Name != "_" || f.Type.Size() > 0 {
				all = append(all, walk(at+"."+f.Name, f.Type)...)
			}
		}
		return all
	}
	return []string{at}
}

// Keys gives every key that a configuration or a board may hold, from the tags in the source, such
// as "firmware/config.file.device".
func Keys(root string) (all []string, err error) {
	for _, dir := range []string{"boards", "boards/plan", "firmware/config"} {
		err := declarations(root, dir, func(f *ast.File) {
			ast.Inspect(f, func(n ast.Node) bool {
				s, ok := n.(*ast.TypeSpec)
				if !ok {
					return true
				}
				ast.Inspect(s, func(n ast.Node) bool {
					if f, ok := n.(*ast.Field); ok && f.Tag != nil {
						if name := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("toml"); name != "" && name != "-" {
							all = append(all, dir+"."+s.Name.Name+"."+name)
						}
					}
					return true
				})
				return false
			})
		})
		if err != nil {
			return nil, err
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("fields: no key found below %s", root)
	}
	return all, nil
}

// Law gives every key and label of each CDDL file below privacy, such as "cddl/record.record 13" and
// "cddl/record.worst".
func Law(root string) (all []string, err error) {
	files := 0
	err = filepath.WalkDir(filepath.Join(root, "privacy"), func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		file, ok := strings.CutSuffix(d.Name(), ".cddl")
		if !ok || d.IsDir() {
			return nil
		}
		text, err := os.ReadFile(p)
		files++
		all = append(all, list(file, string(text))...)
		return err
	})
	if err != nil {
		return nil, err
	}
	if files == 0 || len(all) < 2*files {
		return nil, fmt.Errorf("fields: %d CDDL files below %s have %d keys", files, root, len(all))
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// list gives keys and labels of one file. A label may hold hyphens.
func list(file, text string) (all []string) {
	key, label, block := regexp.MustCompile(`^  (\d+) =>`), regexp.MustCompile(`([\w-]+):`), ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, ";")
		if name, _, ok := strings.Cut(line, " = "); ok {
			block = strings.TrimSpace(name)
		}
		if m := key.FindStringSubmatch(line); m != nil {
			all = append(all, "cddl/"+file+"."+block+" "+m[1])
		}
		for _, m := range label.FindAllStringSubmatch(line, -1) {
			all = append(all, "cddl/"+file+"."+m[1])
		}
	}
	return all
}

// Declared gives every name that the source below
// these folders declares or uses, tests aside, as "folder.name", each once.
func Declared(root string, folders ...string) (all []string, err error) {
	for _, top := range folders {
		err := filepath.WalkDir(filepath.Join(root, top), func(p string, d os.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			dir, err := filepath.Rel(root, p)
			if err != nil {
				return err
			}
			return declarations(root, dir, func(f *ast.File) {
				ast.Inspect(f, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok {
						all = append(all, filepath.ToSlash(dir)+"."+id.Name)
					}
					return true
				})
			})
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// declarations parses the files of a folder, tests aside.
func declarations(root, dir string, each func(*ast.File)) error {
	names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return fmt.Errorf("fields: %w", err)
		}
		each(f)
	}
	return nil
}
