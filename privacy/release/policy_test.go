package release

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestFloor asserts that the default is the finest there is: one step finer in any number is refused,
// and some coarser policies are not.
func TestFloor(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *Policy)
		ok     bool
	}{
		"the default":               {func(*Policy) {}, true},
		"steps of 2":                {func(p *Policy) { p.K = 2 }, false},
		"steps of 0":                {func(p *Policy) { p.K = 0 }, false},
		"steps of 5":                {func(p *Policy) { p.K = 5 }, true},
		"steps of a million":        {func(p *Policy) { p.K = 1_000_000 }, false},
		"a dither of 99":            {func(p *Policy) { p.M = 99 }, false},
		"a dither of 200":           {func(p *Policy) { p.M = 200 }, true},
		"a dither of a million":     {func(p *Policy) { p.M = 1_000_000 }, false},
		"14 minutes":                {func(p *Policy) { p.Interval = 14 * time.Minute }, false},
		"17 minutes":                {func(p *Policy) { p.Interval = 17 * time.Minute }, false},
		"20 minutes":                {func(p *Policy) { p.Interval = 20 * time.Minute }, true},
		"an hour":                   {func(p *Policy) { p.Interval = time.Hour }, true},
		"two hours":                 {func(p *Policy) { p.Interval = 2 * time.Hour }, false},
		"open at 7:29":              {func(p *Policy) { p.Open-- }, false},
		"open at 9:00":              {func(p *Policy) { p.Open = 540 }, true},
		"closed at 22:01":           {func(p *Policy) { p.Close++ }, false},
		"closed at 18:00":           {func(p *Policy) { p.Close = 1080 }, true},
		"closed before the evening": {func(p *Policy) { p.Close = 1079 }, false},
		"the evening at 8:29":       {func(p *Policy) { p.Evening = 509 }, false},
		"the anchor at 4:31":        {func(p *Policy) { p.Anchor = 271 }, false},
		"the anchor at midnight":    {func(p *Policy) { p.Anchor = 0 }, true},
		"the anchor the day before": {func(p *Policy) { p.Anchor = -1 }, false},
	} {
		p := Default()
		c.change(&p)
		if err := p.Check(); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrPolicy) {
			t.Errorf("%s: %v", name, err)
		}
		// Whoever forgets to check gets nothing published, and loses nothing.
		var s Line
		var z Zone
		slot := Slot{8, 720}
		o, shown := s.Step(&p, &[32]byte{}, slot, true, 50, 0), z.Step(&p, slot, 50)
		if in, _ := s.Carried(); (o != Out{}) != c.ok && p.K < 50 || (shown > 0) != c.ok && p.K < 20 || int64(o.Forward)+in != 50 {
			t.Errorf("%s: published %+v, zone %d, carried %d", name, o, shown, in)
		}
	}
}

// TestPassed compares with going through all minutes.
func TestPassed(t *testing.T) {
	for _, minute := range []int{0, 1, 240, 1439} {
		for from := int64(0); from < 3*dayMinutes; from += 37 {
			for to := from - 10; to < from+2*dayMinutes; to += 61 {
				want := false
				for m := from; m < to; m++ {
					want = want || m%dayMinutes == int64(minute)
				}
				if passed(from, to, minute) != want {
					t.Fatalf("minute %d in [%d, %d): want %v", minute, from, to, want)
				}
			}
		}
	}
}

// TestDither asserts that the number of a week is the same each time, evenly spread, and another for
// another line.
func TestDither(t *testing.T) {
	device := [32]byte{5}
	a, b := Secret(&device, 0), Secret(&device, 1)
	var seen [100]int
	equal := 0
	for n := range int64(10_000) {
		d := dither(&a, n, 100)
		if d != dither(&a, n, 100) {
			t.Fatal("drawn anew")
		}
		seen[d]++
		if d == dither(&b, n, 100) {
			equal++
		}
	}
	for d, n := range seen {
		if n < 50 || n > 160 {
			t.Errorf("%d came %d times in 10000, want about 100", d, n)
		}
	}
	if equal > 200 {
		t.Errorf("two lines draw the same %d times in 10000, want about 100", equal)
	}
}

func TestWords(t *testing.T) {
	for _, s := range Limits() {
		if len(s) < 40 || !strings.HasSuffix(s, ".") {
			t.Errorf("%q is no sentence", s)
		}
	}
	if !OneDoor.Single() || !Room.Single() || Member.Single() || Alone.Single() {
		t.Error("the level of one door and of a room is people inside, that of a door of a room is not")
	}
}
