package attributes

import (
	"reflect"
	"strings"
	"testing"

	"tellijn/counting/scene"
	"tellijn/tools/proof/attributes/fields"
	"tellijn/tools/proof/attributes/link"
	"tellijn/tools/proof/attributes/pairs"
	"tellijn/tools/proof/claim"
)

const root = "../../.."

// whole tells what every result needs.
func whole(t *testing.T, all []claim.Result, names map[string]bool) {
	t.Helper()
	for _, r := range all {
		t.Logf("%s: %v: %s", r.Name, r.Verdict, r.Figure)
		if r.Name == "" || names[r.Name] || r.Measured == "" || r.Why == "" || len(r.Promises) == 0 ||
			r.Command == "" || r.Figure == "" && r.Verdict != claim.NotShown {
			t.Errorf("%+v", r)
		}
		names[r.Name] = true
	}
}

// TestChecks runs every check, the long ones short.
func TestChecks(t *testing.T) {
	names := map[string]bool{}
	p, err := checkPairs(t.Context(), 4, func(string) {})
	if err != nil || len(p) != len(pairs.Kinds())+1 {
		t.Fatalf("%d results, %v", len(p), err)
	}
	whole(t, p, names)
	if last := p[len(p)-1]; last.Verdict != claim.Held {
		t.Errorf("%s: %v", last.Name, last.Verdict)
	}
	l, err := checkLink(t.Context(), 2)
	if err != nil || len(l) != 2 {
		t.Fatalf("%d results, %v", len(l), err)
	}
	whole(t, l, names)
	f, err := checkFields(root)
	if err != nil || len(f) != 3 {
		t.Fatalf("%d results, %v", len(f), err)
	}
	whole(t, f, names)
	for _, r := range f {
		if r.Verdict != claim.Held {
			t.Errorf("%s: %v", r.Name, r.Verdict)
		}
	}
	whole(t, []claim.Result{mask(reflect.TypeFor[scene.Scene]())}, names)
	if _, err := checkFields(t.TempDir()); err == nil {
		t.Error("an empty folder was taken for the source")
	}
	seen := map[string]bool{}
	for _, c := range Checks() {
		if c.Run == nil || seen[c.Name] || strings.ContainsAny(c.Name, " ,") {
			t.Errorf("check %q", c.Name)
		}
		seen[c.Name] = true
	}
}

// A field more, a field less, a forbidden name and a word in the source each fall short.
func TestFieldsFallShort(t *testing.T) {
	names, err := fields.All(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		names, device []string
		short         [3]bool
	}{
		"as it is": {names, []string{"a.b"}, [3]bool{}},
		"more":     {append(names[:len(names):len(names)], "record.Record.Note"), []string{"a.b"}, [3]bool{true, false, false}},
		"less":     {names[1:], []string{"a.b"}, [3]bool{true, false, false}},
		"dwell":    {append(names[:len(names):len(names)], "record.Record.Dwell"), []string{"a.b"}, [3]bool{true, true, false}},
		"gender":   {names, []string{"counting/track.GenderOf"}, [3]bool{false, false, true}},
		"nothing":  {nil, nil, [3]bool{true, true, true}},
	} {
		for i, r := range judgeFields(c.names, c.device) {
			if short := r.Verdict == claim.Short; short != c.short[i] {
				t.Errorf("%s: %s: %v", name, r.Name, r.Verdict)
			}
		}
	}
}

func TestPairsFallShort(t *testing.T) {
	k := pairs.Kinds()[0]
	if r := judgePair(k, &pairs.Outcome{Counted: 100, Same: 96}); r.Verdict != claim.Short {
		t.Errorf("96 of 100 the same: %v", r.Verdict)
	}
	if r := judgePair(k, &pairs.Outcome{Counted: 100, Same: 99}); r.Verdict != claim.Held {
		t.Errorf("99 of 100 the same: %v", r.Verdict)
	}
	apart, alike := pairs.Outcome{Counted: 100, Same: 20}, pairs.Outcome{Counted: 100, Same: 100}
	for _, c := range []struct {
		same, of int
		other    pairs.Outcome
		want     claim.Verdict
	}{{5, 5, apart, claim.Held}, {4, 5, apart, claim.Short}, {5, 5, alike, claim.Short},
		{0, 0, apart, claim.Short}, {5, 5, pairs.Outcome{}, claim.Short}} {
		if r := judgeControls(c.same, c.of, &c.other); r.Verdict != c.want {
			t.Errorf("%d of %d, %d of %d: %v, want %v", c.same, c.of, c.other.Same, c.other.Counted, r.Verdict, c.want)
		}
	}
}

func TestLinksFallShort(t *testing.T) {
	good := linked{runs: 10, records: 100, guess: link.Guesses{Walkers: 80, Right: 12, Chance: 10},
		control: link.Guesses{Walkers: 80, Right: 80, Chance: 10}}
	for name, c := range map[string]struct {
		change func(*linked)
		short  [2]bool
	}{
		"good":            {func(*linked) {}, [2]bool{}},
		"worse is fine":   {func(l *linked) { l.guess.Right = 0 }, [2]bool{}},
		"found too many":  {func(l *linked) { l.guess.Right = 30 }, [2]bool{true, false}},
		"nobody":          {func(l *linked) { l.guess = link.Guesses{} }, [2]bool{true, false}},
		"control blind":   {func(l *linked) { l.control.Right = 11 }, [2]bool{true, false}},
		"three differ":    {func(l *linked) { l.differ = 3 }, [2]bool{}},
		"four differ":     {func(l *linked) { l.differ = 4 }, [2]bool{false, true}},
		"nothing written": {func(l *linked) { l.records = 0 }, [2]bool{false, true}},
	} {
		l := good
		c.change(&l)
		for i, r := range l.judge() {
			if short := r.Verdict == claim.Short; short != c.short[i] {
				t.Errorf("%s: %s: %v", name, r.Name, r.Verdict)
			}
		}
	}
}

// A mask that comes later must not pass for one that was checked.
func TestMaskIsNotShown(t *testing.T) {
	none, some := mask(reflect.TypeFor[scene.Scene]()), mask(reflect.TypeFor[struct{ DoorMask [4]int32 }]())
	if none.Verdict != claim.NotShown || some.Verdict != claim.NotShown || none.Why == some.Why {
		t.Errorf("%v %q, %v %q", none.Verdict, none.Why, some.Verdict, some.Why)
	}
}
