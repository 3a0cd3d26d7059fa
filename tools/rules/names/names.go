// Package names checks identifiers against the vocabulary of this repository: there is no word for
// taking a picture, and what only tools may call is called by tools only. It looks at names in
// parsed Go files, never at what they do. It stands outside the data path.
package names

import (
	"go/ast"
	"path"
	"strings"

	"tellijn/tools/rules/source"
)

// device lists the folders whose words are bound.
func device() []string { return []string{"hal", "counting", "privacy", "firmware"} }

// forbidden are the parts of words that no identifier of the device has.
func forbidden() []string {
	return []string{"image", "photo", "picture", "jpeg", "save", "dump", "snapshot"}
}

// bad gives the forbidden part of a name, or "". MJPEG is the name of a format, which the kernel
// and every USB camera use.
func bad(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "mjpeg", "")
	for _, w := range forbidden() {
		if strings.Contains(name, w) {
			return w
		}
	}
	return ""
}

// Check gives each declared name, each name taken from a package elsewhere and each file name of
// the device that has a forbidden part. Tests may use names from elsewhere, such as a decoder to
// compare with.
func Check(t *source.Tree) (found []source.Finding) {
	for _, f := range t.Files {
		if !f.Under(device()...) {
			continue
		}
		note := func(line int, name, what string) {
			if w := bad(name); w != "" {
				found = append(found, source.Finding{Rule: "names", Path: f.Path, Line: line, Name: name,
					Text: what + " contains " + w + "; the vocabulary has no word for taking a picture"})
			}
		}
		note(0, path.Base(f.Path), "file name")
		if f.Go == nil {
			continue
		}
		note(t.Line(f.Go.Name.Pos()), f.Go.Name.Name, "package name")
		for _, id := range declared(f.Go) {
			note(t.Line(id.Pos()), id.Name, "identifier")
		}
		if f.Test() {
			continue
		}
		ast.Inspect(f.Go, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				note(t.Line(s.Sel.Pos()), s.Sel.Name, "name from elsewhere")
			}
			return true
		})
	}
	return found
}

// Looked is how many names declared in the device Check looks at, those of tests included.
func Looked(t *source.Tree) (n int) {
	for _, f := range t.Files {
		if f.Go != nil && f.Under(device()...) {
			n += len(declared(f.Go))
		}
	}
	return n
}

// Only gives every use outside tools and counting of what shows people a cycle: no program of a
// device may call it, tests included.
func Only(t *source.Tree) (found []source.Finding) {
	const watched = "Watched"
	for _, f := range t.Files {
		if f.Go == nil || f.Under("tools", "counting") {
			continue
		}
		ast.Inspect(f.Go, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == watched {
				found = append(found, source.Finding{Rule: "watched", Path: f.Path, Line: t.Line(id.Pos()), Name: watched,
					Text: "it shows mask and tracks of a clip to people at a desk; no program of a device may name it"})
			}
			return true
		})
	}
	return found
}
