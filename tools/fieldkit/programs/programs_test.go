package programs

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func tree(t *testing.T) *Tree {
	t.Helper()
	tr, err := Find(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestFind(t *testing.T) {
	tr := tree(t)
	if b, err := os.ReadFile(filepath.Join(tr.Root, "go.mod")); err != nil || !bytes.HasPrefix(b, []byte("module tellijn\n")) || !strings.HasPrefix(tr.Go, "go1.") {
		t.Errorf("%+v, %v", tr, err)
	}
	names := tr.Names()
	for _, want := range []string{"courier", "dialer", "eye", "warden"} {
		if !slices.Contains(names, want) {
			t.Errorf("%q without %s", names, want)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module tellijner\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(t.Context(), dir); !errors.Is(err, ErrNoTree) || !strings.Contains(err.Error(), "change into the clone") {
		t.Error(err)
	}
}

// TestSettings gives odd settings and looks that none of them comes through, but for those that say where
// things lie.
func TestSettings(t *testing.T) {
	t.Setenv("GOFLAGS", "-race")
	t.Setenv("GOARCH", "amd64")
	t.Setenv("CGO_ENABLED", "1")
	t.Setenv("GODEBUG", "http2client=0")
	t.Setenv("CC", "odd")
	t.Setenv("GOPROXY", "https://example.org")
	tr := tree(t)
	env := func(name string) (values []string) {
		for _, s := range tr.env {
			if v, ok := strings.CutPrefix(s, name+"="); ok {
				values = append(values, v)
			}
		}
		return values
	}
	for name, want := range map[string]string{"GOFLAGS": "", "GOARCH": "arm64", "GOOS": "linux", "CGO_ENABLED": "0", "GODEBUG": "", "GOENV": "off", "GOWORK": "off",
		"GOPROXY": "https://example.org", "GOARM64": "v8.0"} {
		if got := env(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := env("CC"); got != nil {
		t.Errorf("CC is %q", got)
	}
}

func TestBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("building takes too long with -short")
	}
	tr := tree(t)
	all, err := tr.Build(t.Context(), "sim")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		settings := map[string]string{}
		for _, s := range p.Info.Settings {
			settings[s.Key] = s.Value
		}
		tags := ""
		if p.Name == "eye" {
			tags = "sim"
		}
		if settings["GOARCH"] != "arm64" || settings["GOOS"] != "linux" || settings["CGO_ENABLED"] != "0" || settings["-trimpath"] != "true" ||
			settings["vcs.revision"] != "" || settings["-tags"] != tags || p.Info.GoVersion != tr.Go {
			t.Errorf("%s: %v", p.Name, settings)
		}
		if !bytes.HasPrefix(p.Data, []byte("\x7fELF")) || bytes.Contains(p.Data, []byte(tr.Root+"/")) {
			t.Errorf("%s is no program, or tells where it was built", p.Name)
		}
		for _, d := range p.Info.Deps {
			texts, err := tr.Licences(d.Path, d.Version)
			if err != nil || len(texts) == 0 {
				t.Errorf("%s: %d licences, %v", d.Path, len(texts), err)
			}
		}
	}
	if texts, err := tr.Licences("std", ""); err != nil || len(texts) == 0 || !bytes.Contains(texts[0].Data, []byte("Go Authors")) {
		t.Errorf("licence of Go: %d, %v", len(texts), err)
	}
	for _, path := range []string{"../../../etc", "example.org/none", ""} {
		if _, err := tr.Licences(path, "v1.0.0"); err == nil {
			t.Errorf("licence of %q", path)
		}
	}
}

// copied is a tree of one program that a test can change.
func copied(t *testing.T) *Tree {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module tellijn\n\ngo 1.26.0\n", "go.sum": "", "firmware/warden/main.go": "package main\n\nimport _ \"embed\"\n\n//go:embed data.txt\nvar data string\n\nfunc main() {}\n", "firmware/warden/data.txt": "x",
		"tools/fieldkit/image/image.go": "package image\n", "README.md": "x"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := Find(t.Context(), filepath.Join(dir, "firmware"))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestSum changes files: the sum follows those that an image is made from, and no others.
func TestSum(t *testing.T) {
	tr := copied(t)
	sum := func() string {
		s, err := tr.Sum(t.Context())
		if err != nil || len(s) != 64 {
			t.Fatalf("%q, %v", s, err)
		}
		return s
	}
	before := sum()
	for name, counts := range map[string]bool{"go.mod": true, "go.sum": true, "firmware/warden/main.go": true, "firmware/warden/data.txt": true, "tools/fieldkit/image/image.go": true, "README.md": false,
		"firmware/warden/main_test.go": false} {
		path := filepath.Join(tr.Root, name)
		old, err := os.ReadFile(path)
		if err != nil && counts {
			t.Fatal(err)
		}
		text := string(old) + "\n"
		if strings.HasSuffix(name, "_test.go") {
			text = "package main\n"
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := sum(); (got != before) != counts {
			t.Errorf("%s changed: sum %s, before %s", name, got, before)
		}
		if err := os.WriteFile(path, old, 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			os.Remove(path)
		}
	}
	if got := sum(); got != before {
		t.Errorf("sum %s after all, before %s", got, before)
	}
}

func TestBroken(t *testing.T) {
	tr := copied(t)
	if err := os.WriteFile(filepath.Join(tr.Root, "firmware/warden/main.go"), []byte("package main\n\nfunc main() { odd() }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Build(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "building warden") || !strings.Contains(err.Error(), "undefined: odd") {
		t.Error(err)
	}
	t.Setenv("PATH", "")
	if _, err := Find(t.Context(), tr.Root); err == nil || !strings.Contains(err.Error(), "is Go installed?") {
		t.Error(err)
	}
}
