package texts

import (
	"strings"
	"testing"

	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/page"
	"tellijn/tools/proof/risks"
	"tellijn/tools/rules/source"
)

func tree(t *testing.T, path, text string) *source.Tree {
	t.Helper()
	tree, err := source.Parse(map[string]string{path: text})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// Each check holds for what is right and falls short for what is wrong.
func TestBothWays(t *testing.T) {
	contrast := func(p ...page.Pair) claim.Result {
		r, err := Contrast(p)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	none, err := source.Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		r    claim.Result
		want claim.Verdict
	}{
		{"a camera", Camera(tree(t, "a.md", "It is a camera.")), claim.Held},
		{"hidden", Camera(tree(t, "a.md", "It is a sensor.")), claim.Short},
		{"no files", Camera(none), claim.Short},
		{"kind", Kind(), claim.Held},
		{"there", References(tree(t, "a.md", "see `a.md`")), claim.Held},
		{"not there", References(tree(t, "a.md", "see `hal/none`")), claim.Short},
		{"no documents", References(none), claim.Short},
		{"risks", Risks(risks.All()), claim.Held},
		{"no risks", Risks(nil), claim.Short},
		{"half a risk", Risks([]risks.Risk{{Name: "a"}}), claim.Short},
		{"colours", contrast(page.Pairs()...), claim.Held},
		{"grey on grey", contrast(page.Pair{Name: "x", Ink: "#888888", Paper: "#aaaaaa"}), claim.Short},
		{"no colours", contrast(), claim.Short},
	} {
		if c.r.Verdict != c.want || c.r.Figure == "" || c.r.Why == "" || c.r.Command == "" {
			t.Errorf("%s: %v, figure %q, why %q; want %v", c.name, c.r.Verdict, c.r.Figure, c.r.Why, c.want)
		}
	}
	if r := Camera(tree(t, "a.md", "It is a sensor.")); !strings.Contains(r.Why, `a.md:1 "sensor"`) {
		t.Errorf("why %q", r.Why)
	}
	if _, err := Contrast([]page.Pair{{Name: "x", Ink: "red", Paper: "#aaaaaa"}}); err == nil {
		t.Error("a colour that is none was measured")
	}
}
