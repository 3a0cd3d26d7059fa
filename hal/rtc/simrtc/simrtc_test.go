package simrtc

import (
	"errors"
	"testing"
	"time"

	"tellijn/hal/rtc"
	"tellijn/hal/rtc/rtctest"
)

// start is when the test clocks begin.
func start() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

func TestConformance(t *testing.T) {
	now := time.Duration(0)
	c := New(func() time.Duration { return now }, start())
	rtctest.Conformance(t, c, func(d time.Duration) { now += d })
}

// TestLose has no time after its power was gone, until it is set again.
func TestLose(t *testing.T) {
	now := 5 * time.Second
	c := New(func() time.Duration { return now }, start())
	now += time.Hour
	if at, err := c.Read(); err != nil || !at.Equal(start().Add(time.Hour)) {
		t.Errorf("%v, %v", at, err)
	}
	c.Lose()
	if at, err := c.Read(); !errors.Is(err, rtc.ErrLost) || !at.IsZero() {
		t.Errorf("%v, %v, want ErrLost", at, err)
	}
	if err := c.Set(start()); err != nil {
		t.Fatal(err)
	}
	if at, err := c.Read(); err != nil || !at.Equal(start()) {
		t.Errorf("%v, %v", at, err)
	}
	broken := errors.New("cut")
	c.Fail(broken)
	if _, err := c.Read(); !errors.Is(err, broken) || !errors.Is(c.Set(start()), broken) {
		t.Errorf("%v, want broken", err)
	}
}

// catch is a testing.TB that notes whether it was failed.
type catch struct {
	testing.TB
	failed bool
}

func (c *catch) Helper()               {}
func (c *catch) Errorf(string, ...any) { c.failed = true }
func (c *catch) Error(...any)          { c.failed = true }

// shifted, trusting and frozen are clocks that are wrong.
type shifted struct{ *Clock }

func (s shifted) Set(t time.Time) error { return s.Clock.Set(t.Add(time.Hour)) }

type trusting struct{ *Clock }

func (s trusting) Set(t time.Time) error { _ = s.Clock.Set(t); return nil }

// TestConformanceCanFail has clocks that are wrong each in one way.
func TestConformanceCanFail(t *testing.T) {
	for what, run := range map[string]func(testing.TB, *Clock, func(time.Duration)){
		"shifted":  func(tb testing.TB, c *Clock, pass func(time.Duration)) { rtctest.Conformance(tb, shifted{c}, pass) },
		"trusting": func(tb testing.TB, c *Clock, pass func(time.Duration)) { rtctest.Conformance(tb, trusting{c}, pass) },
		"frozen": func(tb testing.TB, c *Clock, _ func(time.Duration)) {
			rtctest.Conformance(tb, c, func(time.Duration) {})
		},
		"broken": func(tb testing.TB, c *Clock, pass func(time.Duration)) {
			c.Fail(errors.New("x"))
			rtctest.Conformance(tb, c, pass)
		},
	} {
		now, tb := time.Duration(0), &catch{TB: t}
		run(tb, New(func() time.Duration { return now }, start()), func(d time.Duration) { now += d })
		if !tb.failed {
			t.Errorf("%s: passed", what)
		}
	}
}
