package mutants

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../../.."

// TestApplies has every mutant fit the source of today, and be another program than that.
func TestApplies(t *testing.T) {
	names := map[string]bool{}
	for _, m := range All() {
		if names[m.Name] || m.Name == "" || strings.Trim(m.Name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("name %q", m.Name)
		}
		names[m.Name] = true
		if !strings.HasSuffix(m.What, ".") || len(m.Swap) == 0 {
			t.Errorf("%s: %q", m.Name, m.What)
		}
		b, err := m.Broken(root)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), m.Name, b, 0); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
		if got, err := Lookup(m.Name); err != nil || got.What != m.What {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
	if len(names) < 10 {
		t.Errorf("%d mutants", len(names))
	}
	if _, err := Lookup("none"); err == nil {
		t.Error("a mutant that is none")
	}
}

// TestCompiles builds the package of each as a board has it.
func TestCompiles(t *testing.T) {
	if testing.Short() {
		t.Skip("building takes too long with -short")
	}
	for _, m := range All() {
		overlay, err := m.Overlay(root, t.TempDir())
		if err != nil {
			t.Error(err)
			continue
		}
		c := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-overlay", overlay, "./"+path.Dir(m.File))
		c.Dir, c.Env = root, append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=")
		if path.Base(path.Dir(path.Dir(m.File))) == "firmware" { // a program, of which only the package counts
			c.Args = append(c.Args[:len(c.Args)-1], "-o", os.DevNull, c.Args[len(c.Args)-1])
		}
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", m.Name, err, out)
		}
	}
}

// TestOldSource says what is wrong when the source has changed.
func TestOldSource(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("package a\n\nvar b, c = 1, 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for old, want := range map[string]string{"d": "0 times", "1": "2 times", "b": ""} {
		m := Mutant{Name: "m", File: "a.go", Swap: []Swap{{old, "x"}}}
		text, err := m.Broken(dir)
		if want == "" && (err != nil || string(text) != "package a\n\nvar x, c = 1, 1\n") || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %q, %v", old, text, err)
		}
	}
	m := Mutant{Name: "m", File: "none.go"}
	if _, err := m.Overlay(dir, dir); err == nil {
		t.Error("an overlay of nothing")
	}
}
