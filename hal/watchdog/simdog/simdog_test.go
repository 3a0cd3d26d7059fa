package simdog

import (
	"errors"
	"testing"
	"time"

	"tellijn/hal/watchdog"
	"tellijn/hal/watchdog/watchdogtest"
)

// clock is a time that a test moves.
type clock struct{ now time.Duration }

func (c *clock) since() time.Duration  { return c.now }
func (c *clock) pass(by time.Duration) { c.now += by }
func fresh(c *clock) *Dog              { return New(c.since, watchdog.Timeout) }
func never() bool                      { return false }
func conform(tb testing.TB, w watchdog.Watchdog, c *clock, bitten func() bool) {
	watchdogtest.Conformance(tb, w, watchdog.Timeout, c.pass, bitten)
}

func TestConformance(t *testing.T) {
	var c clock
	d := fresh(&c)
	conform(t, d, &c, d.Bitten)
	if !d.Stopped() || d.Feeds() == 0 {
		t.Errorf("stopped %v, fed %d times", d.Stopped(), d.Feeds())
	}
}

// TestBites lets the timeout pass: nothing undoes that.
func TestBites(t *testing.T) {
	var c clock
	d := fresh(&c)
	c.pass(watchdog.Timeout)
	if d.Bitten() {
		t.Error("bitten at the timeout, want only beyond it")
	}
	c.pass(1)
	if err := errors.Join(d.Feed(), d.Stop()); err != nil || !d.Bitten() {
		t.Errorf("%v, bitten %v", err, d.Bitten())
	}
	if err := d.Feed(); err == nil {
		t.Error("fed after its end")
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

// deaf does nothing when it is fed, endless nothing when it is stopped.
type deaf struct{ *Dog }

func (deaf) Feed() error { return nil }

type endless struct{ *Dog }

func (endless) Stop() error { return nil }

// TestConformanceCanFail has watchdogs that are wrong each in one way.
func TestConformanceCanFail(t *testing.T) {
	for what, run := range map[string]func(testing.TB, *clock, *Dog){
		"deaf":    func(tb testing.TB, c *clock, d *Dog) { conform(tb, deaf{d}, c, d.Bitten) },
		"endless": func(tb testing.TB, c *clock, d *Dog) { conform(tb, endless{d}, c, d.Bitten) },
		"broken":  func(tb testing.TB, c *clock, d *Dog) { d.Fail(errors.New("x")); conform(tb, d, c, never) },
	} {
		var c clock
		tb := &catch{TB: t}
		if run(tb, &c, fresh(&c)); !tb.failed {
			t.Errorf("%s: passed", what)
		}
	}
}
