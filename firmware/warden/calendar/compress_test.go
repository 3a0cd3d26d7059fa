package calendar

import (
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCompressNeedsAPretendedBoard(t *testing.T) {
	for _, tc := range []struct {
		n         int
		pretended bool
		ok        bool
	}{{1, false, true}, {1, true, true}, {2, false, false}, {MaxFactor, true, true}, {MaxFactor + 1, true, false}, {0, true, false}, {-1, true, false}} {
		c, err := Compress(tc.n, floor(), tc.pretended)
		if (err == nil) != tc.ok || err != nil && !errors.Is(err, ErrFactor) {
			t.Errorf("%d, pretended %v: %v", tc.n, tc.pretended, err)
		}
		if err == nil && c.Shift(time.Hour) != tc.pretended {
			t.Errorf("%d, pretended %v: shifted", tc.n, tc.pretended)
		}
		if want := map[bool]time.Duration{true: time.Hour}[tc.pretended]; err == nil && c.At(0) != floor().Add(want) {
			t.Errorf("%d, pretended %v: begins at %v", tc.n, tc.pretended, c.At(0))
		}
	}
}

func TestCompressed(t *testing.T) {
	c, err := Compress(900, floor(), true)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.At(time.Second); got != floor().Add(15*time.Minute) {
		t.Errorf("a second is %v", got)
	}
	if got := c.World(15 * time.Minute); got != time.Second {
		t.Errorf("a quarter of an hour takes %v", got)
	}
	if got := c.Wall(floor().Add(-time.Second)); got != floor().Add(-15*time.Minute) {
		t.Errorf("a second before the start is %v", got)
	}
	c.Shift(-10 * year)
	c.Shift(time.Hour)
	if got := c.Wall(floor().Add(time.Second)); got != floor().Add(15*time.Minute-10*year+time.Hour) {
		t.Errorf("shifted it is %v", got)
	}
	if got := c.Span(time.Second); got != 15*time.Minute {
		t.Errorf("shifted, a second is %v", got)
	}
}

// TestCompressedHolds: whatever the span and the shifts, the calendar neither wraps nor turns.
func TestCompressedHolds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c, err := Compress(rapid.IntRange(1, MaxFactor).Draw(r, "n"), floor(), true)
		if err != nil {
			r.Fatal(err)
		}
		for range rapid.IntRange(0, 4).Draw(r, "shifts") {
			before, d := c.offset, time.Duration(rapid.Int64().Draw(r, "shift"))
			if c.Shift(d); d > 0 && c.offset < before || d < 0 && c.offset > before {
				r.Fatalf("a shift by %v led from %v to %v", d, before, c.offset)
			}
		}
		a, b := time.Duration(rapid.Int64().Draw(r, "a")), time.Duration(rapid.Int64().Draw(r, "b"))
		if a > b {
			a, b = b, a
		}
		if c.At(a).After(c.At(b)) {
			r.Fatalf("at %v it is %v, at %v it is %v", a, c.At(a), b, c.At(b))
		}
		small := time.Duration(rapid.Int64Range(math.MinInt64/MaxFactor, math.MaxInt64/MaxFactor).Draw(r, "small"))
		if c.World(c.Span(small)) != small {
			r.Fatalf("%v comes back as %v", small, c.World(c.Span(small)))
		}
	})
}
