package find

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"tellijn/tools/rules/source"
)

func TestFlags(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", `func main() { flag.Bool("live", false, "") }`, "eye | -live"},
		{"into a variable", `func main() { flag.StringVar(&a, "b", "", "") }`, "eye | -b"},
		{"a set", `func main() { f := flag.NewFlagSet("", 0); f.IntVar(&a, "c", 0, ""); f.Var(v, "d", "") }`, "eye | -c,eye | -d"},
		{"a set handed on", `func more(f *flag.FlagSet) { f.Func("e", "", nil) }`, "eye | -e"},
		{"a set given", `func (o *words) sets() *flag.FlagSet { return nil }; func main() { f := o.sets(); f.Bool("g", false, "") }`, "eye | -g"},
		{"computed", `func main() { flag.Bool(name(), false, "") }`, "! firmware/eye/a.go: the name of a flag is not written at flag.Bool"},
		{"arguments", `func main() { _ = os.Args[1] }`, "eye | os.Args"},
		{"no flag", `func main() { s.String("a") }`, ""},
	} {
		tree, err := source.Parse(map[string]string{"firmware/eye/a.go": "package main\nimport \"flag\"\n" + c.text,
			"firmware/eye/a_test.go": "package main\nimport \"flag\"\nvar _ = flag.Bool(\"update\", false, \"\")"})
		if err != nil {
			t.Fatal(err)
		}
		found, wrong := Flags(tree)
		got := strings.Join(slices.Sorted(maps.Keys(found)), ",")
		for _, w := range wrong {
			got += "! " + w
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	tree, err := source.Parse(map[string]string{"firmware/eye/a.go": "package main\nimport f \"flag\""})
	if err != nil {
		t.Fatal(err)
	}
	if _, wrong := Flags(tree); len(wrong) != 1 {
		t.Error("package flag under another name is not seen")
	}
}
