package publish

import "testing"

func TestReader(t *testing.T) {
	type step struct {
		line, interval int
		shown          Shown
		want           int32 // after this
	}
	each := Device()
	each.Apart = true
	for _, c := range []struct {
		name  string
		rule  Rule
		lines int
		steps []step
	}{
		{"raw adds up, never below nobody, and begins anew at four", Raw(), 1, []step{
			{0, 40, Shown{In: 12, Out: 2}, 10},
			{0, 41, Shown{In: 0, Out: 13}, 0},
			{0, 42, Shown{In: 4}, 4},
			{0, 96 + 15, Shown{}, 4},
			{0, 96 + 16, Shown{}, 0},
		}},
		{"corrections are not people", Raw(), 1, []step{{0, 40, Shown{In: 7, FixIn: 9, FixOut: 3}, 7}}},
		{"steps: the middle of the band, and nobody at level 0", Device(), 1, []step{
			{0, 40, Shown{In: 9, Level: 9}, 11},
			{0, 41, Shown{Out: 6, Level: 3}, 5},
			{0, 42, Shown{Out: 3}, 0},
		}},
		{"doors apart: below nobody at one door only", each, 2, []step{
			{0, 40, Shown{Out: 3}, -3},
			{1, 40, Shown{In: 9}, 6},
			{0, 41, Shown{Out: 6}, 0},
			{1, 41, Shown{Out: 3}, 0},
		}},
	} {
		r := NewReader(c.rule, c.lines)
		for _, s := range c.steps {
			r.Read(s.line, s.interval, s.shown)
			if got := r.Inside(); got != s.want {
				t.Errorf("%s: interval %d, line %d: %d inside, want %d", c.name, s.interval, s.line, got, s.want)
			}
		}
	}
}

func TestOpen(t *testing.T) {
	for interval, want := range map[int]bool{29: false, 30: true, 87: true, 88: false, 96 + 30: true, 96 + 16: false} {
		if Open(interval) != want {
			t.Errorf("interval %d: open %v, want %v", interval, !want, want)
		}
	}
}
