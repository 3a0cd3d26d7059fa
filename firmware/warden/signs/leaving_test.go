package signs

import (
	"testing"
	"time"
)

// TestLeaving has servers that take everything, nothing, and nothing for a while, with a record each quarter
// of an hour.
func TestLeaving(t *testing.T) {
	const pace = 15 * time.Minute
	for _, tc := range []struct {
		what     string
		takes    func(round int) bool
		restarts bool
		stale    []int // from and to, in rounds
	}{
		{"always", func(int) bool { return true }, false, nil},
		{"never", func(int) bool { return false }, false, []int{5, 96}},
		{"never, and the courier starts each time", func(int) bool { return false }, true, []int{5, 96}},
		{"away for three hours", func(r int) bool { return r < 20 || r >= 32 }, false, []int{25, 33}},
		{"away for an hour", func(r int) bool { return r < 20 || r >= 24 }, false, nil},
	} {
		var l Leaving
		var waiting, stored uint64
		for round := range 96 {
			now := time.Duration(round) * pace
			if round == 0 || tc.restarts {
				l.Hello(now, waiting)
				stored = 0
			}
			waiting++
			stored++
			l.Look(now, waiting, stored)
			if tc.takes(round) {
				waiting = 0 // until the next record comes
			}
			stale := l.Stale(now+time.Second, pace)
			want := tc.stale != nil && round >= tc.stale[0] && round < tc.stale[1]
			if stale != want {
				t.Errorf("%s, round %d: stale %v, want %v", tc.what, round, stale, want)
			}
		}
	}
	var l Leaving
	if l.Stale(48*time.Hour, pace) {
		t.Error("stale although nobody was heard")
	}
	l.Hello(0, 0)
	if l.Stale(48*time.Hour, pace) {
		t.Error("stale although nothing waits")
	}
}
