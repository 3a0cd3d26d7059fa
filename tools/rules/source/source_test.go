package source

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestRead(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"a/a.go": "package a\n", "a/a_test.go": "package a\n", "README.md": "words\n", ".ci/run": "#!/bin/sh\n",
		".git/config": "x", ".cache/x": "x", "out/lab/a.go": "broken", "a.test": "x", "b.prof": "x", "a/raw": "\xff\xfe",
	} {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range tree.Files {
		names = append(names, f.Path)
	}
	if want := []string{".ci/run", "README.md", "a/a.go", "a/a_test.go"}; !slices.Equal(names, want) {
		t.Errorf("read %q, want %q", names, want)
	}
	if p := tree.Packages(); len(p) != 1 || len(p["a"]) != 1 {
		t.Errorf("packages %v, want one file in a", p)
	}
	if f := tree.Files[3]; !f.Test() || f.Dir() != "a" || !f.Under("b", "a") || f.Under("a/a_test.go") {
		t.Errorf("%s is not seen as a test in a", f.Path)
	}
}

func TestParseRefuses(t *testing.T) {
	if _, err := Parse(map[string]string{"a.go": "not Go"}); err == nil {
		t.Error("a file that is not Go was taken for Go")
	}
}
