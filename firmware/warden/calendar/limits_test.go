package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// offsets of readings: none, below a step, hours, beyond the window, absurd.
func offsets() *rapid.Generator[int64] {
	within := func(d time.Duration) *rapid.Generator[int64] { return rapid.Int64Range(-int64(d), int64(d)) }
	return rapid.OneOf(rapid.Just(int64(0)), within(2*Least), within(3*time.Hour), within(30*time.Hour), within(500*day),
		rapid.SampledFrom([]int64{-int64(10 * year), int64(10 * year), -1 << 62, 1 << 62}))
}

// TestLimits throws any readings at a keeper and holds it to what the package promises.
func TestLimits(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		k, low := New(floor(), floor().Add(-year)), floor()
		begin := time.Duration(rapid.Int64Range(0, int64(100*day)).Draw(r, "begin"))
		mono, synced, known := begin, false, false
		var stood, gained time.Duration
		spoken := 0
		for i := range rapid.IntRange(1, 60).Draw(r, "readings") {
			gone := time.Duration(rapid.OneOf(rapid.Int64Range(0, int64(time.Minute)), rapid.Int64Range(0, int64(3*day))).Draw(r, "gone"))
			if i == 0 {
				gone = 0
			}
			mono += gone
			elapsed, anchored := mono-begin, k.anchored
			stood += min(gone, max(low.Sub(k.line()), 0))
			run := k.line().Add(gone) // where time alone would lead
			wall := run.Add(time.Duration(offsets().Draw(r, "off")))
			if run.Before(low) {
				run = low
			}
			is := rapid.Bool().Draw(r, "synced")
			synced = synced || is
			now, state, step := k.Read(wall, mono, is)
			moved, said := now.Sub(run), step != nil && step.Believed
			if known && moved > 0 {
				gained += moved
			}
			if step != nil {
				spoken++
			}
			switch {
			case now.Before(low):
				r.Fatalf("reading %d: %v is before %v, which a record carries", i, now, low)
			case moved != 0 && i > 0 && !said && (anchored || moved > Least || moved < -Least):
				r.Fatalf("reading %d: moved by %v without a word", i, moved)
			case moved != 0 && anchored && !is:
				r.Fatalf("reading %d: a clock that nobody sets moved time by %v", i, moved)
			case said && now != wall && (now != low || wall.After(low)):
				r.Fatalf("reading %d: believed %v, but it is %v", i, wall, now)
			case step != nil && step.By <= Least && step.By >= -Least:
				r.Fatalf("reading %d: a step of %v was said", i, step.By)
			case !known && now.Sub(floor()) > Window+elapsed, now.Sub(floor()) > Window+MaxStep+2*elapsed:
				r.Fatalf("reading %d: %v after the floor in %v", i, now.Sub(floor()), elapsed)
			case gained > MaxStep+elapsed:
				r.Fatalf("reading %d: gained %v in %v", i, gained, elapsed)
			case stood > MaxHold+elapsed/12:
				r.Fatalf("reading %d: stood for %v in %v", i, stood, elapsed)
			case spoken > MaxSteps+2+int(elapsed/time.Hour):
				r.Fatalf("reading %d: %d steps said in %v", i, spoken, elapsed)
			case (state == Unknown) != !synced || is && state == Known && now.Sub(wall).Abs() > 2*Least:
				r.Fatalf("reading %d: state %d", i, state)
			case k.Floor() != now:
				r.Fatalf("reading %d: floor %v at %v", i, k.Floor(), now)
			}
			known = known || state == Known
			if rapid.Bool().Draw(r, "record") {
				k.Carried(now)
				low = now
			}
		}
	})
}

func TestApart(t *testing.T) {
	for _, tc := range []struct {
		a, b time.Duration
		want bool
	}{{0, 0, false}, {0, Least, false}, {Least, 0, false}, {0, Least + 2, true}, {-Least - 2, 0, true}, {1<<63 - 1, -1 << 63, true}, {-1 << 63, 1<<63 - 1, true}} {
		if got := apart(tc.a, tc.b); got != tc.want {
			t.Errorf("%v and %v: %v", tc.a, tc.b, got)
		}
	}
}
