// Package simdog is a watchdog that starts nothing anew: it notes that it would have. It is never used where
// a board has a real one.
package simdog

import (
	"errors"
	"sync"
	"time"
)

// Dog is a watchdog.Watchdog. Use New. It may be looked at from anywhere.
type Dog struct {
	since   func() time.Duration
	timeout time.Duration
	mu      sync.Mutex
	fed     time.Duration
	feeds   int
	bitten  bool
	stopped bool
	fault   error
}

// New begins a watchdog that waits for so long, by the clock since.
func New(since func() time.Duration, timeout time.Duration) *Dog {
	return &Dog{since: since, timeout: timeout, fed: since()}
}

// look notes a reset that was due. The machine would be gone then, so nothing helps after it.
func (d *Dog) look() {
	if !d.stopped && d.since()-d.fed > d.timeout {
		d.bitten = true
	}
}

// Feed puts the reset off.
func (d *Dog) Feed() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.look(); d.fault != nil {
		return d.fault
	}
	if d.stopped {
		return errors.New("simdog: fed after its end")
	}
	d.fed = d.since()
	d.feeds++
	return nil
}

// Stop ends it.
func (d *Dog) Stop() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.look(); d.fault != nil {
		return d.fault
	}
	d.stopped = true
	return nil
}

// Fail lets everything later end in err; nil mends it.
func (d *Dog) Fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = err
}

// Bitten tells whether the machine would have been started anew.
func (d *Dog) Bitten() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.look()
	return d.bitten
}

// Stopped tells whether it was ended in order.
func (d *Dog) Stopped() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stopped
}

// Feeds is how often it was fed.
func (d *Dog) Feeds() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.feeds
}
