package judge

import (
	"strings"
	"testing"

	"tellijn/tools/faults/site"
)

// What is lost and what is made up is told apart, each way by itself.
func TestHolds(t *testing.T) {
	c := func(f, b uint64) site.Counts { return site.Counts{Forward: f, Backward: b} }
	orderly := Span{c(10, 20), c(10, 20)}
	killed := Span{c(5, 5), c(9, 30)}
	both := orderly.Plus(killed)
	for _, tc := range []struct {
		span Span
		on   site.Counts
		want string
	}{
		{orderly, c(10, 20), ""},
		{orderly, c(9, 20), "forward: 9 on disk, at least 10 were: LOST"},
		{orderly, c(10, 21), "backward: 21 on disk, at most 20 were counted: MADE UP"},
		{both, c(15, 25), ""},
		{both, c(19, 50), ""},
		{both, c(14, 25), "LOST"},
		{both, c(20, 50), "MADE UP"},
	} {
		err := tc.span.Holds(tc.on)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%+v in %+v: %v, want %q", tc.on, tc.span, err, tc.want)
		}
	}
	if got := Sum(c(1, 2), c(3, 4), c(5, 6)); got != c(9, 12) {
		t.Errorf("%+v", got)
	}
}

// One copy is what has to be there.
func TestHas(t *testing.T) {
	h := &Held{items: map[string]int{"once": 1, "twice": 2}}
	if h.Has("it", []byte("once")) != nil || h.Has("it", []byte("twice")) == nil || h.Has("it", []byte("never")) == nil {
		t.Error("once, twice and never are not told apart")
	}
}
