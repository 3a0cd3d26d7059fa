package simlamp

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tellijn/hal/gpio/gpiotest"
	"tellijn/hal/lamp/lamptest"
)

func TestConformance(t *testing.T) {
	l := New(func() time.Duration { return 0 })
	lamptest.Conformance(t, l, l.Lit)
	if n := len(l.Turns()); n != 6 {
		t.Errorf("%d turns remembered, want 6: repeating one is none", n)
	}
}

// TestTurns looks at the log: in order, with times, and bounded.
func TestTurns(t *testing.T) {
	now := time.Duration(0)
	l := New(func() time.Duration { now += time.Second; return now })
	for i := range 2 * Kept {
		if err := l.Set(i%2 == 0); err != nil {
			t.Fatal(err)
		}
	}
	turns := l.Turns()
	if len(turns) != Kept {
		t.Fatalf("%d turns, want %d", len(turns), Kept)
	}
	for i, turn := range turns {
		if want := (Turn{time.Duration(Kept+i+1) * time.Second, i%2 == 0}); turn != want {
			t.Fatalf("turn %d: %+v, want %+v", i, turn, want)
		}
	}
}

func TestBroken(t *testing.T) {
	l := New(func() time.Duration { return 0 })
	broken := errors.New("stuck")
	l.Fail(broken)
	if err := l.Set(true); !errors.Is(err, broken) || l.Lit() {
		t.Fatalf("%v, lit %v", err, l.Lit())
	}
	l.Fail(nil)
	if err := l.Set(true); err != nil || !l.Lit() {
		t.Fatalf("%v, lit %v", err, l.Lit())
	}
}

// catch is a testing.TB that notes whether it was failed.
type catch struct {
	testing.TB
	failed bool
}

func (c *catch) Helper()               {}
func (c *catch) Error(...any)          { c.failed = true }
func (c *catch) Errorf(string, ...any) { c.failed = true }

// wired is a lamp on a line, as hal/gpio.Line is one.
type wired struct{ *gpiotest.Wire }

func (wired) Close() error { return nil }

// crossed has the wrong level.
type crossed struct{ wired }

func (c crossed) Set(lit bool) error { return c.Wire.Set(!lit) }

// TestConformanceCanFail has lamps that are wrong each in one way, and one that is right.
func TestConformanceCanFail(t *testing.T) {
	cut := &gpiotest.Wire{}
	cut.Fail(errors.New("cut"))
	always, never := func() bool { return true }, func() bool { return false }
	right, wrong := &gpiotest.Wire{}, &gpiotest.Wire{}
	var failed []string
	for what, run := range map[string]func(testing.TB){
		"right":      func(tb testing.TB) { lamptest.Conformance(tb, wired{right}, right.Level) },
		"crossed":    func(tb testing.TB) { lamptest.Conformance(tb, crossed{wired{wrong}}, wrong.Level) },
		"cut":        func(tb testing.TB) { lamptest.Conformance(tb, wired{cut}, never) },
		"always lit": func(tb testing.TB) { lamptest.Conformance(tb, wired{&gpiotest.Wire{}}, always) },
		"never lit":  func(tb testing.TB) { lamptest.Conformance(tb, wired{&gpiotest.Wire{}}, never) },
	} {
		c := &catch{TB: t}
		if run(c); c.failed {
			failed = append(failed, what)
		}
	}
	slices.Sort(failed)
	if want := []string{"always lit", "crossed", "cut", "never lit"}; !slices.Equal(failed, want) {
		t.Errorf("failed: %q, want %q", failed, want)
	}
}
