// Package source holds the text of this repository as the rules read it: every file, Go files
// parsed. It judges nothing and never runs what it reads. It stands outside the data path;
// tools/rules hands it from rule to rule.
package source

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"sort"
	"strings"
)

// Module is the path that import paths of this repository begin with.
const Module = "tellijn"

// File is one text file.
type File struct {
	Path string // from the root, with slashes
	Text string
	Go   *ast.File // nil for anything but Go
}

// Dir is the folder of the file, "." for the root.
func (f *File) Dir() string { return path.Dir(f.Path) }

// Test tells whether the file is built for tests only.
func (f *File) Test() bool { return strings.HasSuffix(f.Path, "_test.go") }

// Under tells whether the file lies in one of these folders or below.
func (f *File) Under(dirs ...string) bool {
	for _, d := range dirs {
		if strings.HasPrefix(f.Path, d+"/") {
			return true
		}
	}
	return false
}

// Tree is the repository.
type Tree struct {
	Files []*File // in the order of their paths
	set   *token.FileSet
}

// Finding is one place that breaks a rule.
type Finding struct {
	Rule string // a word, the same for all findings of a rule
	Path string // file, folder or program
	Line int    // 0 when the whole of Path is meant
	Name string // what was found: an identifier, an import path, a word
	Text string // what is wrong, and what to do instead
}

// String is one line for people.
func (f Finding) String() string {
	at := f.Path
	if f.Line > 0 {
		at = fmt.Sprintf("%s:%d", f.Path, f.Line)
	}
	return fmt.Sprintf("%s: [%s] %s: %s", at, f.Rule, f.Name, f.Text)
}

// Line gives the line of a position.
func (t *Tree) Line(p token.Pos) int { return t.set.Position(p).Line }

// Packages gives the Go files without tests, by folder.
func (t *Tree) Packages() map[string][]*File {
	m := map[string][]*File{}
	for _, f := range t.Files {
		if f.Go != nil && !f.Test() {
			m[f.Dir()] = append(m[f.Dir()], f)
		}
	}
	return m
}

// Parse makes a tree of texts by path.
func Parse(texts map[string]string) (*Tree, error) {
	t := &Tree{set: token.NewFileSet()}
	for name, text := range texts {
		f := &File{Path: name, Text: text}
		if strings.HasSuffix(name, ".go") {
			var err error
			if f.Go, err = parser.ParseFile(t.set, name, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
				return nil, fmt.Errorf("source: %w", err)
			}
		}
		t.Files = append(t.Files, f)
	}
	sort.Slice(t.Files, func(i, j int) bool { return t.Files[i].Path < t.Files[j].Path })
	return t, nil
}
