package simbutton

import (
	"errors"
	"testing"

	"tellijn/hal/button/buttontest"
)

func TestConformance(t *testing.T) {
	var b Button
	buttontest.Conformance(t, &b, b.Press)
	if b.Looks() == 0 {
		t.Error("nobody looked")
	}
}

func TestBroken(t *testing.T) {
	var b Button
	broken := errors.New("cut")
	b.Press(true)
	b.Fail(broken)
	if down, err := b.Pressed(); down || !errors.Is(err, broken) {
		t.Errorf("%v, %v", down, err)
	}
	b.Fail(nil)
	if down, err := b.Pressed(); !down || err != nil {
		t.Errorf("%v, %v", down, err)
	}
}

// catch is a testing.TB that notes whether it was failed.
type catch struct {
	testing.TB
	failed bool
}

func (c *catch) Helper()               {}
func (c *catch) Errorf(string, ...any) { c.failed = true }

// stuck and late are buttons that are wrong.
type stuck struct{ down bool }

func (s stuck) Pressed() (bool, error) { return s.down, nil }

type late struct {
	b    *Button
	last *bool
}

func (l late) Pressed() (bool, error) {
	down := *l.last
	*l.last, _ = l.b.Pressed()
	return down, nil
}

// TestConformanceCanFail has buttons that are wrong each in one way.
func TestConformanceCanFail(t *testing.T) {
	var broken, slow Button
	broken.Fail(errors.New("cut"))
	for what, run := range map[string]func(testing.TB){
		"always pressed": func(tb testing.TB) { buttontest.Conformance(tb, stuck{true}, func(bool) {}) },
		"never pressed":  func(tb testing.TB) { buttontest.Conformance(tb, stuck{false}, func(bool) {}) },
		"broken":         func(tb testing.TB) { buttontest.Conformance(tb, &broken, broken.Press) },
		"one look late":  func(tb testing.TB) { buttontest.Conformance(tb, late{&slow, new(bool)}, slow.Press) },
	} {
		c := &catch{TB: t}
		if run(c); !c.failed {
			t.Errorf("%s: passed", what)
		}
	}
}
