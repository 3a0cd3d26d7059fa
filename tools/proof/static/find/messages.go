package find

import (
	"fmt"
	"go/constant"
	"go/types"
	"strings"

	"tellijn/tools/proof/static/lists"
)

// message is one of the two that the eye knows.
type message struct{ path, typ string }

func messages() []message {
	return []message{{"tellijn/firmware/orders", "Orders"}, {"tellijn/privacy/wire", "Message"}}
}

// Messages gives every field of what goes to the eye and comes from it, their sizes in bytes, and in
// words what is not of a fixed size.
func (e *Eye) Messages() (found lists.Found, sizes []int64, wrong []string) {
	found = lists.Found{}
	for _, b := range e.builds {
		for _, m := range messages() {
			pkg := b.graph.Program.ImportedPackage(m.path)
			if pkg == nil {
				wrong = append(wrong, b.name+": the eye does not know "+m.path)
				continue
			}
			size, err := fixed(pkg.Pkg.Scope(), m.typ)
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("%s: %s: %v", b.name, m.path, err))
				continue
			}
			if b.name == "real" {
				sizes = append(sizes, size)
			}
			fields(m.typ, pkg.Pkg.Scope().Lookup(m.typ).Type(), func(key string) { found.Add(key, b.name) })
		}
		for _, p := range b.graph.Program.AllPackages() {
			for _, free := range []string{"cbor", "encoding/json", "encoding/gob", "encoding/xml", "encoding/asn1", "BurntSushi/toml"} {
				if strings.Contains(p.Pkg.Path(), free) {
					wrong = append(wrong, fmt.Sprintf("%s: links %s, whose messages have any length", b.name, p.Pkg.Path()))
				}
			}
		}
	}
	return found, sizes, wrong
}

// fixed checks that a package lays a message out in an array of Size bytes and reads it from one.
func fixed(scope *types.Scope, typ string) (int64, error) {
	c, ok := scope.Lookup("Size").(*types.Const)
	if !ok {
		return 0, fmt.Errorf("no constant Size")
	}
	size, _ := constant.Int64Val(c.Val())
	if scope.Lookup(typ) == nil {
		return 0, fmt.Errorf("no type %s", typ)
	}
	for _, name := range []string{"Encode", "Decode"} {
		f, ok := scope.Lookup(name).(*types.Func)
		if !ok {
			return 0, fmt.Errorf("no function %s", name)
		}
		if s := f.Signature(); !array(s.Params(), size) && !(name == "Encode" && array(s.Results(), size)) {
			return 0, fmt.Errorf("%s%s has no array of %d bytes", name, strings.TrimPrefix(s.String(), "func"), size)
		}
	}
	return size, nil
}

// array tells whether one of a tuple is an array of size bytes or a pointer to one, and none is a
// slice or text.
func array(t *types.Tuple, size int64) (there bool) {
	for i := range t.Len() {
		typ := t.At(i).Type().Underlying()
		if p, ok := typ.(*types.Pointer); ok {
			typ = p.Elem().Underlying()
		}
		switch typ := typ.(type) {
		case *types.Array:
			b, ok := typ.Elem().Underlying().(*types.Basic)
			there = there || ok && b.Kind() == types.Uint8 && typ.Len() == size
		case *types.Slice:
			return false
		}
	}
	return there
}

// fields walks through a type and gives each end of it with its type.
func fields(path string, t types.Type, add func(string)) {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := range u.NumFields() {
			fields(path+"."+u.Field(i).Name(), u.Field(i).Type(), add)
		}
	case *types.Array:
		fields(fmt.Sprintf("%s[%d]", path, u.Len()), u.Elem(), add)
	default:
		add(path + " | " + types.TypeString(t, (*types.Package).Name))
	}
}
