package score

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// most is the size of the largest matching, by trying everything.
func most(truth, counted []int, tolerance int) int {
	if len(truth) == 0 {
		return 0
	}
	best := most(truth[1:], counted, tolerance)
	for i, c := range counted {
		if d := c - truth[0]; d >= -tolerance && d <= tolerance {
			rest := append(append([]int{}, counted[:i]...), counted[i+1:]...)
			best = max(best, 1+most(truth[1:], rest, tolerance))
		}
	}
	return best
}

func TestMatchIsTheLargest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		frames := rapid.SliceOfN(rapid.IntRange(0, 40), 0, 6)
		truth, counted, tolerance := frames.Draw(t, "truth"), frames.Draw(t, "counted"), rapid.IntRange(0, 12).Draw(t, "tolerance")
		e := Match(truth, counted, tolerance)
		if want := most(truth, counted, tolerance); e.Right != want || e.True != len(truth) || e.Counted != len(counted) {
			t.Errorf("%+v, want %d right", e, want)
		}
		if e.Wrong() != e.Missed()+e.False() || e.Missed() < 0 || e.False() < 0 {
			t.Errorf("%+v: %d missed, %d false, %d wrong", e, e.Missed(), e.False(), e.Wrong())
		}
	})
}

// Mistakes lists as many as Match counts, and what it does not list goes together, one to one.
func TestMistakesAreWhatMatchCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		frames := rapid.SliceOfN(rapid.IntRange(0, 200), 0, 30)
		truth, counted, tolerance := frames.Draw(t, "truth"), frames.Draw(t, "counted"), rapid.IntRange(0, 20).Draw(t, "tolerance")
		e := Match(truth, counted, tolerance)
		missed, untrue := Mistakes(truth, counted, tolerance)
		if len(missed) != e.Missed() || len(untrue) != e.False() || !slices.IsSorted(missed) || !slices.IsSorted(untrue) {
			t.Fatalf("missed %v, false %v of %+v", missed, untrue, e)
		}
		truth, counted = without(t, truth, missed), without(t, counted, untrue)
		for i := range truth {
			if abs(truth[i]-counted[i]) > tolerance {
				t.Fatalf("%d and %d are a pair within %d", truth[i], counted[i], tolerance)
			}
		}
	})
}

// without gives all in order but those listed, which must be among them.
func without(t *rapid.T, all, listed []int) []int {
	all = slices.Sorted(slices.Values(all))
	for _, f := range listed {
		i := slices.Index(all, f)
		if i < 0 {
			t.Fatalf("%d is listed, but was not among %v", f, all)
		}
		all = slices.Delete(all, i, i+1)
	}
	return all
}

func TestMistakes(t *testing.T) {
	missed, untrue := Mistakes([]int{50, 10, 80}, []int{90, 12, 14, 51}, 5)
	if !slices.Equal(missed, []int{80}) || !slices.Equal(untrue, []int{14, 90}) {
		t.Errorf("missed %v, false %v", missed, untrue)
	}
}

// A miss and a false count cancel in totals, not in events.
func TestTotalsHideErrors(t *testing.T) {
	rows := []Row{
		{Name: "a clip with a name that is longer than the column for names is wide", Group: "g", Total: true,
			Forward: Match([]int{10, 20}, []int{11, 90}, 5), Backward: Match(nil, []int{7}, 5)},
		{Name: "second", Group: "g", Total: true, Forward: Match([]int{50}, nil, 5)},
		{Name: "not in totals", Group: "g", Forward: Match([]int{50}, nil, 5)},
		{Name: "other", Group: "h", Total: true, Backward: Match([]int{1}, []int{1}, 0)},
	}
	var b bytes.Buffer
	Print(&b, rows)
	const want = `clip                                                           truth  fwd  bwd  count  events
a clip with a name that is longer than the column for names is     2    2    1      1       3
second                                                             1    0    0      1       1
not in totals                                                      1    0    0      1       1
other                                                              1    0    1      0       0
all g                                                              3                2       4
all h                                                              1                0       0
`
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
}

func TestAfter(t *testing.T) {
	in := []int{5, 24, 23, 100}
	if got := After(24, in); len(got) != 2 || got[0] != 24 || got[1] != 100 || in[0] != 5 {
		t.Errorf("%v of %v", got, in)
	}
}
