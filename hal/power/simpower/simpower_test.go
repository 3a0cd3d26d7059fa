package simpower

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/hal/power"
	"tellijn/hal/power/powertest"
)

func TestConformance(t *testing.T) {
	s := New(func() time.Duration { return 0 })
	powertest.Conformance(t, s, s.Powered)
	if _, n := s.Turns(); n != 4 {
		t.Errorf("%d turns remembered, want 4: repeating one is none", n)
	}
}

// TestTurns looks at the log: in order, with times, and bounded.
func TestTurns(t *testing.T) {
	now := time.Duration(0)
	s := New(func() time.Duration { now += time.Second; return now })
	for range Kept {
		if err := errors.Join(s.On(), s.Off()); err != nil {
			t.Fatal(err)
		}
	}
	last, n := s.Turns()
	if n != 2*Kept || len(last) != Kept {
		t.Fatalf("%d of %d turns, want %d of %d", len(last), n, Kept, 2*Kept)
	}
	for i, turn := range last {
		if want := (Turn{time.Duration(Kept+i+1) * time.Second, i%2 == 0}); turn != want {
			t.Fatalf("turn %d: %+v, want %+v", i, turn, want)
		}
	}
}

func TestBroken(t *testing.T) {
	s := New(func() time.Duration { return 0 })
	broken := errors.New("stuck")
	s.Fail(broken)
	if err := s.On(); !errors.Is(err, broken) || s.Powered() {
		t.Fatalf("%v, powered %v", err, s.Powered())
	}
	s.Fail(nil)
	if err := s.On(); err != nil || !s.Powered() {
		t.Fatalf("%v, powered %v", err, s.Powered())
	}
}

// TestReadBack has the supply say what is, and once what is not expected.
func TestReadBack(t *testing.T) {
	s := New(func() time.Duration { return 0 })
	powertest.ReadBack(t, s, s, s.Powered, func() {})
	s.Stick(true)
	if lit, err := s.Lit(); !lit || err != nil {
		t.Errorf("stuck: %v, %v", lit, err)
	}
	for what, wrong := range map[string]func(*Switch){
		"stuck":  func(s *Switch) { s.Stick(true) },
		"blind":  func(s *Switch) { s.Blind(errors.New("cut")) },
		"broken": func(s *Switch) { s.Fail(errors.New("x")) },
	} {
		c, s := &catch{TB: t}, New(func() time.Duration { return 0 })
		wrong(s)
		if powertest.ReadBack(c, s, s, s.Powered, func() {}); !c.failed {
			t.Errorf("%s: passed", what)
		}
	}
}

// catch is a testing.TB that notes whether it was failed.
type catch struct {
	testing.TB
	failed, skipped bool
}

func (c *catch) Helper()               {}
func (c *catch) Error(...any)          { c.failed = true }
func (c *catch) Errorf(string, ...any) { c.failed = true }
func (c *catch) Skipf(f string, a ...any) {
	c.skipped = true
	panic(fmt.Sprintf(f, a...)) // as a test that skips goes no further
}

// TestConformanceCanFail has switches that are wrong each in one way.
func TestConformanceCanFail(t *testing.T) {
	fresh := func() *Switch { return New(func() time.Duration { return 0 }) }
	wrong := fresh()
	for what, run := range map[string]func(testing.TB){
		"never powered":   func(tb testing.TB) { s := fresh(); powertest.Conformance(tb, s, func() bool { return false }) },
		"always powered":  func(tb testing.TB) { s := fresh(); powertest.Conformance(tb, s, func() bool { return true }) },
		"the wrong way":   func(tb testing.TB) { powertest.Conformance(tb, swapped{wrong}, wrong.Powered) },
		"a broken switch": func(tb testing.TB) { s := fresh(); s.Fail(errors.New("x")); powertest.Conformance(tb, s, s.Powered) },
	} {
		c := &catch{TB: t}
		if run(c); !c.failed {
			t.Errorf("%s: passed", what)
		}
	}
	c := &catch{TB: t}
	func() {
		defer func() { recover() }()
		powertest.Conformance(c, power.None{}, func() bool { return false })
	}()
	if !c.skipped || c.failed {
		t.Errorf("a board without a switch: %+v", c)
	}
	if err := (power.None{}).On(); !errors.Is(err, hal.ErrAbsent) {
		t.Errorf("%v, want hal.ErrAbsent", err)
	}
}

type swapped struct{ s *Switch }

func (s swapped) On() error  { return s.s.Off() }
func (s swapped) Off() error { return s.s.On() }
