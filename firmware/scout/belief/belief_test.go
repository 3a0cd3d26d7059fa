package belief

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	sec = time.Second
	day = 24 * time.Hour
)

func floor() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }

// clock is one that does what it is told.
type clock struct {
	k    *Keeper
	zero time.Time // when the machine started, as it has it
}

func begin(wall time.Duration) *clock { return &clock{New(floor(), 0), floor().Add(wall)} }

// told has a source tell a time, as a distance from the floor at the start.
func (c *clock) told(source int, boot, at time.Duration) (Act, error) {
	s := Sample{Source: source, Boot: boot, Time: floor().Add(boot + at), Error: 10 * time.Millisecond}
	return c.take(s, boot)
}

func (c *clock) take(s Sample, boot time.Duration) (Act, error) {
	a, err := c.k.Take(s, boot, c.zero.Add(boot))
	if err == nil {
		c.zero = c.zero.Add(a.By)
	}
	return a, err
}

type word struct {
	source   int
	boot, at time.Duration
	want     error
	step     bool
}

func TestTake(t *testing.T) {
	for name, c := range map[string]struct {
		wall  time.Duration
		words []word
	}{
		"1970 and one server":       {-57 * 365 * day, []word{{0, 5 * sec, 3 * day, ErrAlone, false}, {0, 7 * sec, 3 * day, nil, true}, {0, 9 * sec, 3*day + sec/10, nil, false}}},
		"one server, too soon":      {0, []word{{0, sec, day, ErrAlone, false}, {0, sec + sec/2, day, ErrAlone, false}, {0, 3 * sec, day, nil, true}}},
		"two servers":               {0, []word{{0, sec, day, ErrAlone, false}, {1, sec, day + sec/10, nil, true}}},
		"a clock that was right":    {0, []word{{0, sec, sec / 10, ErrAlone, false}, {1, sec, 0, nil, false}}},
		"two that disagree":         {0, []word{{0, sec, day, ErrAlone, false}, {1, sec, 2 * day, ErrApart, false}, {0, 3 * sec, day, ErrApart, false}, {1, 5 * sec, 2 * day, ErrApart, false}}},
		"two against one":           {0, []word{{0, sec, day, ErrAlone, false}, {1, sec, 2 * day, ErrApart, false}, {2, sec, day, nil, true}, {1, 9 * sec, 2 * day, ErrApart, false}, {0, 11 * sec, day, nil, false}}},
		"two and two":               {0, []word{{0, sec, day, ErrAlone, false}, {1, sec, 2 * day, ErrApart, false}, {2, sec, 2 * day, nil, true}, {3, sec, day, ErrApart, false}}},
		"one that is gone for long": {0, []word{{1, sec, 2 * day, ErrAlone, false}, {0, sec + Fresh + sec, day, ErrAlone, false}, {0, 4*sec + Fresh, day, nil, true}}},
		"before the floor":          {0, []word{{0, sec, -2 * sec, ErrBefore, false}, {0, sec, -57 * 365 * day, ErrBefore, false}}},
		"too far ahead":             {0, []word{{0, sec, Ahead + sec, ErrAhead, false}, {0, sec, 64 * 365 * day, ErrAhead, false}, {0, 5 * sec, Ahead - sec, ErrAlone, false}, {0, 7 * sec, Ahead - sec, nil, true}}},
		"a step after the first": {0, []word{{0, sec, day, ErrAlone, false}, {0, 3 * sec, day, nil, true},
			{0, 5 * sec, day + sec, ErrAlone, false}, {0, 7 * sec, day + sec, nil, true}, // one second of two
			{0, 9 * sec, day + 3*sec, ErrAlone, false}, {0, 11 * sec, day + 3*sec, ErrFar, false},
			{0, time.Hour + 13*sec, day + 3*sec, ErrAlone, false}, {0, time.Hour + 15*sec, day + 3*sec, nil, true}}}, // an hour later
		"a small difference needs no second word": {0, []word{{0, sec, day, ErrAlone, false}, {0, 3 * sec, day, nil, true}, {0, time.Hour, day + sec/2, nil, false}}},
		"old and far": {0, []word{{0, sec, day, ErrAlone, false}, {0, 3 * sec, day, nil, true},
			{0, 4*sec + Old, 9 * day, ErrAlone, false}, {0, 6*sec + Old, 9 * day, nil, true}}},
	} {
		k := begin(c.wall)
		for i, w := range c.words {
			a, err := k.told(w.source, w.boot, w.at)
			if !errors.Is(err, w.want) || a.Step != w.step {
				t.Errorf("%s: word %d: %+v, %v, want step %v, %v", name, i, a, err, w.step, w.want)
			}
		}
	}
}

func TestVague(t *testing.T) {
	c := begin(0)
	for name, s := range map[string]Sample{
		"off":               {Boot: 100 * sec, Error: Vague + 1},
		"better than right": {Boot: 100 * sec, Error: -1},
		"long ago":          {Boot: 100*sec - Late - 1},
		"not yet":           {Boot: 100*sec + 1},
		"no such source":    {Boot: 100 * sec, Source: Sources},
		"source -1":         {Boot: 100 * sec, Source: -1},
	} {
		s.Time = floor().Add(day)
		if _, err := c.take(s, 100*sec); !errors.Is(err, ErrVague) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKnown(t *testing.T) {
	c := begin(0)
	if c.k.Known(0) {
		t.Error("known from the start")
	}
	c.told(0, sec, day)
	c.told(0, 3*sec, day)
	if !c.k.Known(3*sec) || !c.k.Known(3*sec+Old) || c.k.Known(4*sec+Old) {
		t.Error("it lasts another time")
	}
}

// TestLiar has a source, or four, tell anything at all, and holds the clock to what the package promises.
func TestLiar(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := begin(time.Duration(rapid.Int64Range(-int64(day), int64(day)).Draw(r, "wall")))
		boot, first, known, moved := time.Duration(0), time.Duration(0), false, time.Duration(0)
		for range rapid.IntRange(1, 80).Draw(r, "words") {
			boot += time.Duration(rapid.Int64Range(0, int64(10*time.Minute)).Draw(r, "gone"))
			at := rapid.OneOf(rapid.Int64Range(-int64(3*sec), int64(3*sec)), rapid.SampledFrom([]int64{0, int64(day), -int64(day), int64(Ahead), 1 << 62, -1 << 62}),
				rapid.Int64Range(-int64(500*day), int64(500*day))).Draw(r, "at")
			s := Sample{Source: rapid.IntRange(0, 3).Draw(r, "source"), Boot: boot - time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(r, "late")),
				Time: c.zero.Add(boot).Add(time.Duration(at)), Error: time.Duration(rapid.Int64Range(0, int64(3*sec)).Draw(r, "error"))}
			still := known && c.k.Known(boot)
			a, err := c.take(s, boot)
			now := c.zero.Add(boot)
			switch {
			case err != nil && a != (Act{}):
				r.Fatalf("%+v and %v", a, err)
			case err != nil:
				continue
			case now.Before(floor()) || now.After(floor().Add(Ahead+boot+Late)):
				r.Fatalf("the clock was set to %v", now)
			case a.Step != (a.By.Abs() > Small):
				r.Fatalf("%+v", a)
			}
			if !still {
				known, first, moved = true, boot, 0
				continue
			}
			if a.Step {
				moved += a.By.Abs()
			}
			if most := Allowance + (boot-first)/2000; moved > most {
				r.Fatalf("moved by %v in %v", moved, boot-first)
			}
		}
	})
}
