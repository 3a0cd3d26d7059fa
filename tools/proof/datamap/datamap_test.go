package datamap

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/privacy/datum"
	"tellijn/tools/proof/claim"
	"tellijn/tools/rules/source"
)

// TestDocument holds privacy/DATA.md to the programs.
func TestDocument(t *testing.T) {
	root, err := source.Root()
	if err != nil {
		t.Fatal(err)
	}
	stale, lines, err := Current(root)
	if err != nil || stale > 0 {
		t.Errorf("%d of %d lines of privacy/DATA.md are stale; %s writes it anew: %v", stale, lines, Command, err)
	}
}

// The figures that no program gives out are those of the source, and none is missing.
func TestSizes(t *testing.T) {
	watch, err := os.ReadFile("../../../firmware/warden/watch/watch.go")
	if err != nil || !strings.Contains(string(watch), "keepEvery = 45 * time.Second\n") || keepEvery != 45*time.Second {
		t.Errorf("firmware/warden/watch keeps the open interval at other times than every %v: %v", keepEvery, err)
	}
	s, err := Sizes()
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("%s is zero", v.Type().Field(i).Name)
		}
	}
	if s.Record < 600 || s.Record > 700 || len(longest) != 32 || len(s.Limits) < 8 {
		t.Errorf("a record of %d bytes, a name of %d, %d limits", s.Record, len(longest), len(s.Limits))
	}
}

// TestFields holds every field of a message and of the state of counting to a datum.
func TestFields(t *testing.T) {
	s, err := Sizes()
	if err != nil {
		t.Fatal(err)
	}
	homeless, gone := Cover(fields(roots()), datum.Covered(datum.All(s)))
	for _, f := range homeless {
		t.Errorf("%s belongs to no datum; say in privacy/datum what it holds, for how long, and who could see it", f)
	}
	for _, f := range gone {
		t.Errorf("%s is in privacy/datum and does not exist", f)
	}
	if n := len(fields(roots())); n < 300 {
		t.Errorf("only %d fields were found: this test tests nothing", n)
	}
}

type inner struct{ a int }

func (inner) Error() string { return "" }

type spread struct {
	inner
	_    struct{}
	list []*inner
	at   [2]struct{ x, y int }
	by   map[string]other
	call func(other)
	any  error
}

type other struct{ b chan later }

type later struct{ c [1]generic[int] }

type generic[T any] struct{ v T }

type hidden struct{ *inner }

func TestWalk(t *testing.T) {
	got := fields([]reflect.Type{reflect.TypeFor[spread](), reflect.TypeFor[hidden]()})
	const p = "tools/proof/datamap."
	want := []string{p + "generic.v", p + "hidden.inner", p + "inner.a", p + "later.c", p + "other.b",
		p + "spread.any", p + "spread.at", p + "spread.at.x", p + "spread.at.y", p + "spread.by", p + "spread.call", p + "spread.list"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q\nwant  %q", got, want)
	}
}

// A field that is new and one that is gone both make the check fall short, and nothing found too.
func TestShort(t *testing.T) {
	covered := map[string]string{"a.B.c": "x", "a.B.d": "x"}
	for _, c := range []struct {
		found []string
		want  claim.Verdict
	}{
		{[]string{"a.B.c", "a.B.d"}, claim.Held}, {[]string{"a.B.c", "a.B.d", "a.B.face"}, claim.Short}, {[]string{"a.B.c"}, claim.Short}, {nil, claim.Short},
	} {
		r := covers(c.found, covered)
		if r.Verdict != c.want || r.Figure == "" {
			t.Errorf("%q: %v, %s", c.found, r.Verdict, r.Figure)
		}
		if slices.Contains(c.found, "a.B.face") && !strings.Contains(r.Why, "a.B.face") {
			t.Errorf("it does not name the field: %s", r.Why)
		}
	}
	if covers(nil, nil).Verdict != claim.Short {
		t.Error("no fields at all pass for covered")
	}
	for _, c := range []struct {
		stale, lines int
		want         claim.Verdict
	}{{0, 9, claim.Held}, {1, 9, claim.Short}, {0, 0, claim.Short}} {
		if r := current(c.stale, c.lines); r.Verdict != c.want {
			t.Errorf("%d of %d: %v", c.stale, c.lines, r.Verdict)
		}
	}
}

func TestRewrite(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "privacy"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Current(root); err == nil {
		t.Error("a document that is not there is current")
	}
	if err := Rewrite(root); err != nil {
		t.Fatal(err)
	}
	if stale, lines, err := Current(root); stale != 0 || lines < 50 || err != nil {
		t.Errorf("%d of %d lines are stale: %v", stale, lines, err)
	}
	text, err := os.ReadFile(path(root))
	if err != nil {
		t.Fatal(err)
	}
	for name, spoilt := range map[string]string{"a word": strings.Replace(string(text), "40 mm", "41 mm", 1), "a line more": string(text) + "\n", "cut": string(text[:len(text)/2])} {
		if err := os.WriteFile(path(root), []byte(spoilt), 0o644); err != nil {
			t.Fatal(err)
		}
		if stale, _, err := Current(root); stale == 0 || err != nil {
			t.Errorf("%s: not noticed: %v", name, err)
		}
	}
}
