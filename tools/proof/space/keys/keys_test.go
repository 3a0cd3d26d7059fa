package keys

import (
	"slices"
	"strings"
	"testing"

	"tellijn/tools/rules/source"
)

const planFile = `package plan
import "github.com/BurntSushi/toml"
type Camera struct { Driver string ` + "`toml:\"driver\"`" + `; Bare int; hidden int }
type Scene struct { Lines []Line ` + "`toml:\"line\"`" + ` }
type Line struct { From [2]float64 ` + "`toml:\"from\"`" + ` }
`

const configFile = `package config
import "tellijn/boards/plan"
type file struct { Device string ` + "`toml:\"device\"`" + `; Camera *plan.Camera ` + "`toml:\"camera\"`" + `; Scene plan.Scene ` + "`toml:\"scene\"`" + ` }
func Apply() { var f file; plan.Read("", "", &f) }
`

func tree(t *testing.T, more map[string]string) *source.Tree {
	t.Helper()
	texts := map[string]string{"boards/plan/plan.go": planFile, "firmware/config/config.go": configFile}
	for name, text := range more {
		texts[name] = text
	}
	tree, err := source.Parse(texts)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestTOML(t *testing.T) {
	// Tests have keys of theirs.
	got, err := TOML(tree(t, map[string]string{
		"firmware/a/atest/a.go": "package atest\ntype odd struct { B int `toml:\"b\"` }"}))
	want := []string{"camera.bare", "camera.driver", "device", "scene.line", "scene.line.from"}
	if err != nil || len(got) != 1 || !slices.Equal(slices.Sorted(slices.Values(got["firmware/config"])), want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

func TestTOMLUnseen(t *testing.T) {
	for what, more := range map[string]map[string]string{
		"belongs to no file": {"firmware/x/x.go": "package x\ntype a struct { B int `toml:\"b\"` }"},
		"only boards/plan":   {"firmware/x/x.go": "package x\nimport \"github.com/BurntSushi/toml\""},
		"other than a var":   {"firmware/x/x.go": "package x\nfunc f() { plan.Read(\"\", \"\", g()) }"},
		"no struct":          {"firmware/x/x.go": "package x\nfunc f() { var m strange; plan.Read(\"\", \"\", &m) }"},
	} {
		if _, err := TOML(tree(t, more)); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestFlags(t *testing.T) {
	body := `package main
import ("flag"; "strings")
func main() {
	flag.StringVar(&o, "board", "", "text")
	f := flag.NewFlagSet("name", 0)
	f.Bool("show", false, "text")
	flag.Func("way", "text", nil)
	strings.Text("no", "flag")
}`
	got, err := Flags(tree(t, map[string]string{"firmware/a/main.go": body}))
	if want := []string{"board", "show", "way"}; err != nil || !slices.Equal(got["firmware/a"], want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	two := map[string]string{"firmware/a/main.go": "package main\nfunc main() { o.flags().Bool(\"show\", false, text) }",
		"firmware/a/words.go": "package main\nimport \"flag\"\nfunc (o) flags() *flag.FlagSet { return nil }"}
	if got, err := Flags(tree(t, two)); err != nil || !slices.Equal(got["firmware/a"], []string{"show"}) {
		t.Errorf("a flag of a set from another file: %v, %v", got, err)
	}
	body = "package main\nimport \"flag\"\nfunc main() { flag.Bool(name, false, text) }"
	if _, err := Flags(tree(t, map[string]string{"firmware/a/main.go": body})); err == nil {
		t.Error("a flag whose name is computed passes")
	}
}

func TestReads(t *testing.T) {
	body := "package a\nimport \"os\"\nvar b = os.Getenv(\"X\")\nfunc f() { _ = os.Args; _ = os.Stdin }"
	got := Reads(tree(t, map[string]string{"hal/a/a.go": body, "tools/a/a.go": body, "hal/a/a_test.go": body}))
	if want := []Place{{"os.Getenv", "hal/a/a.go:3"}, {"os.Args", "hal/a/a.go:4"}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestTags(t *testing.T) {
	got, err := Tags(tree(t, map[string]string{
		"hal/a/a_linux.go": "package a", "hal/a/b.go": "//go:build sim && !(race || odd)\n\npackage a", "hal/a/c_test.go": "//go:build none\n\npackage a"}))
	var names []string
	for name := range got {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"linux", "odd", "race", "sim"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("%v, %v, want %v", names, err, want)
	}
}

// TestHere looks at this repository: what is found there must be found.
func TestHere(t *testing.T) {
	root, err := source.Root()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := source.Read(root)
	if err != nil {
		t.Fatal(err)
	}
	toml, err := TOML(tree)
	if err != nil || !slices.Contains(toml["firmware/config"], "scene.zone.corners") || !slices.Contains(toml["boards"], "speed") {
		t.Errorf("TOML keys %v, %v", toml, err)
	}
	flags, err := Flags(tree)
	if err != nil || !slices.Contains(flags["firmware/warden"], "view") || !slices.Contains(flags["firmware/courier"], "dir") {
		t.Errorf("flags %v, %v", flags, err)
	}
	tags, err := Tags(tree)
	if err != nil || len(tags["sim"]) < 2 || len(tags["linux"]) < 2 {
		t.Errorf("build tags %v, %v", tags, err)
	}
	t.Logf("keys %v\nflags %v\ntags %v\nreads %v", toml, flags, tags, Reads(tree))
}
