package signs

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const look100 = 100 * time.Millisecond

// TestSupply has supplies that follow a turn after so long, or never.
func TestSupply(t *testing.T) {
	for _, tc := range []struct {
		what string
		on   bool
		lag  time.Duration
		odd  time.Duration // when Odd is seen first; 0 for never
	}{
		{"dark at once", false, 0, 0},
		{"dark in 1.9 s", false, 1900 * time.Millisecond, 0},
		{"dark in 3 s", false, 3 * time.Second, DarkWithin},
		{"never dark", false, time.Hour, DarkWithin},
		{"lit at once", true, 0, 0},
		{"lit in 0.9 s", true, 900 * time.Millisecond, 0},
		{"never lit", true, time.Hour, LitWithin},
	} {
		var s Supply
		start := 5 * time.Second
		s.Switched(start, tc.on)
		first := time.Duration(0)
		for in := time.Duration(0); in < 10*time.Second; in += look100 {
			lit := tc.on == (in >= tc.lag)
			changed := s.Look(start+in, lit, true)
			if s.Odd() && first == 0 {
				if first = in; !changed {
					t.Errorf("%s: the change was not told", tc.what)
				}
			}
			if want := in >= tc.lag; s.Agrees() != want {
				t.Fatalf("%s: after %v agrees %v, want %v", tc.what, in, s.Agrees(), want)
			}
		}
		if first != tc.odd {
			t.Errorf("%s: odd after %v, want %v", tc.what, first, tc.odd)
		}
	}
}

// TestSupplyLaws reads anything: whoever says that it agrees has read so since the last turn, and not
// otherwise for as long as the limit; and a reading that could not be made is never darkness.
func TestSupplyLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Supply
		now, on, good, other := time.Duration(0), false, false, time.Duration(0)
		s.Switched(now, on)
		for range rapid.IntRange(1, 200).Draw(t, "looks") {
			now += time.Duration(rapid.IntRange(20, 900).Draw(t, "ms")) * time.Millisecond
			if rapid.IntRange(0, 9).Draw(t, "turn") == 0 {
				on = !on
				s.Switched(now, on)
				good, other = false, now
				if s.Agrees() || s.Odd() || s.On() != on {
					t.Fatalf("just switched: agrees %v, odd %v", s.Agrees(), s.Odd())
				}
				continue
			}
			lit, read := rapid.Bool().Draw(t, "lit"), rapid.IntRange(0, 3).Draw(t, "read") > 0
			s.Look(now, lit, read)
			if read && lit == on {
				good, other = true, now
			}
			limit := map[bool]time.Duration{true: LitWithin, false: DarkWithin}[on]
			late := now-other >= limit
			if late {
				good = false
			}
			if s.Agrees() != (good && !late) || s.Odd() != late {
				t.Fatalf("agrees %v, odd %v; last good reading %v ago, good %v", s.Agrees(), s.Odd(), now-other, good)
			}
		}
	})
}
