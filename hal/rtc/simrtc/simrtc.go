// Package simrtc is a clock with a cell that is none: it goes on from what it was set to. It is never used
// where a board has a real one.
package simrtc

import (
	"sync"
	"time"

	"tellijn/hal/rtc"
)

// Clock is a rtc.Clock. Use New. Any goroutine may use it.
type Clock struct {
	since func() time.Duration
	mu    sync.Mutex
	epoch time.Time // its time when since was 0
	fault error
}

// New makes a clock that has this time now; since says how time passes.
func New(since func() time.Duration, now time.Time) *Clock {
	c := &Clock{since: since}
	c.put(now)
	return c
}

func (c *Clock) put(now time.Time) { c.epoch = now.UTC().Truncate(time.Second).Add(-c.since()) }

// Read gives its time.
func (c *Clock) Read() (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fault != nil {
		return time.Time{}, c.fault
	}
	t := c.epoch.Add(c.since()).Truncate(time.Second)
	if err := rtc.Check(t); err != nil {
		return time.Time{}, err
	}
	return t, nil
}

// Set puts it to a time.
func (c *Clock) Set(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fault != nil {
		return c.fault
	}
	if err := rtc.Check(t); err != nil {
		return err
	}
	c.put(t)
	return nil
}

// Lose takes its power away for a moment: it begins at the start of 2000, as such clocks do.
func (c *Clock) Lose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
}

// Fail lets everything later end in err; nil mends it.
func (c *Clock) Fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = err
}
