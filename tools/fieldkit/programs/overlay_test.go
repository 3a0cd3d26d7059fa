package programs

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// overlay writes one that puts text in the place of a file.
func overlay(t *testing.T, path, text string) string {
	t.Helper()
	dir := t.TempDir()
	with, file := filepath.Join(dir, "other.go"), filepath.Join(dir, "overlay.json")
	b, err := json.Marshal(map[string]any{"Replace": map[string]string{path: with}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{with: []byte(text), file: b} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

// TestOverlaid builds what an overlay says and sums what was built; the tree itself stays as it is.
func TestOverlaid(t *testing.T) {
	if testing.Short() {
		t.Skip("building takes too long with -short")
	}
	tr := copied(t)
	const mark = "a word that only the other file has"
	other, err := tr.Overlaid(overlay(t, filepath.Join(tr.Root, "firmware/warden/main.go"), "package main\n\nfunc main() { println(\""+mark+"\") }\n"))
	if err != nil {
		t.Fatal(err)
	}
	var sums []string
	for _, of := range []struct {
		tree *Tree
		has  bool
	}{{tr, false}, {other, true}, {tr, false}} {
		all, err := of.tree.Build(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if has := bytes.Contains(all[0].Data, []byte(mark)); has != of.has {
			t.Errorf("the program has the word: %v, want %v", has, of.has)
		}
		sum, err := of.tree.Sum(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, sum)
	}
	if sums[0] == sums[1] || sums[0] != sums[2] {
		t.Errorf("sums %v, want that of the overlay to be another", sums)
	}
}

func TestNoOverlay(t *testing.T) {
	tr := copied(t)
	for file, want := range map[string]string{
		filepath.Join(t.TempDir(), "none"):        "no such file",
		overlay(t, "firmware/warden/main.go", ""): "absolute",
		filepath.Join(tr.Root, "go.mod"):          "invalid character",
	} {
		if _, err := tr.Overlaid(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", file, err, want)
		}
	}
}
