package tally

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The bound is never below what it bounds, and at most an eighth above.
func TestP999(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		us := rapid.SliceOfN(rapid.Uint32(), 1, 3000).Draw(t, "us")
		if rapid.Bool().Draw(t, "short") {
			for i := range us {
				us[i] %= 300_000
			}
		}
		var l Lifetimes
		for _, v := range us {
			l.Add(v)
		}
		slices.Sort(us)
		exact := us[len(us)-1-len(us)/1000] // at most one in a thousand is above
		got := l.P999()
		if got < exact || uint64(got) > uint64(exact)+uint64(exact)/8+1 {
			t.Errorf("%d lifetimes: %d, exactly %d", len(us), got, exact)
		}
	})
}

func TestP999ByHand(t *testing.T) {
	var l Lifetimes
	if l.P999() != 0 {
		t.Errorf("nothing lived %d us", l.P999())
	}
	for range 999 {
		l.Add(7)
	}
	l.Add(100_000)
	if got := l.P999(); got != 7 {
		t.Errorf("one in a thousand is above the 99.9th percentile: got %d, want 7", got)
	}
	l.Add(100_000)
	if got := l.P999(); got < 100_000 || got > 112_500 {
		t.Errorf("two in 1001 are above: got %d, want 100000 to 112500", got)
	}
	for v := range uint32(16) {
		var l Lifetimes
		if l.Add(v); l.P999() != v {
			t.Errorf("%d us became %d", v, l.P999())
		}
	}
	var most Lifetimes
	if most.Add(1<<32 - 1); most.P999() != 1<<32-1 {
		t.Errorf("the longest became %d", most.P999())
	}
}

// A device runs for years: the histogram stands still rather than turn over.
func TestFullHistogramStandsStill(t *testing.T) {
	l := Lifetimes{total: 1<<32 - 1}
	l.steps[step(20)] = 1<<32 - 1
	l.Add(1_000_000)
	if l.total != 1<<32-1 || l.P999() != 20 && l.P999() != 21 {
		t.Errorf("total %d, bound %d us", l.total, l.P999())
	}
}

// Steps follow each other without a hole.
func TestStepsMeet(t *testing.T) {
	for i := range 8 * 30 { // the last has all 32 bits
		if up := upper(i); step(up) != i || up < 1<<32-1 && step(up+1) != i+1 {
			t.Fatalf("step %d ends at %d, which is in step %d; the next is in %d", i, up, step(up), step(up+1))
		}
	}
}
