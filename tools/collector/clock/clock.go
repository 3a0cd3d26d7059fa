// Package clock says how far the collector may believe the clock of its computer, since what it deletes or
// refuses for its age does not come back. It holds each reading against the newest that was believed, which
// the store keeps. It sets no clock and asks no other one; it stands between tools/collector/store and
// tools/collector/intake, and an operator has the last word.
package clock

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"tellijn/tools/collector/store"
)

// ErrDoubted is wrapped when the clock says what cannot be. It passes by itself when the clock is put
// right; otherwise an operator says that it is right (Confirm).
var ErrDoubted = errors.New("clock: not believed")

const day = 24 * time.Hour

// Bounds of what is believed.
const (
	Back     = day       // so far a clock may go back
	Running  = 45 * day  // so far it may go ahead between two looks of a collector that runs
	Starting = 400 * day // so far while no collector ran
	Slack    = 7 * day   // so far it may go ahead without a trial
	Trial    = 7 * day   // so long a clock that went further is watched before anything is deleted by it
	noted    = time.Hour // so much of the newest time may be lost with the process
	earliest = 1_577_836_800
)

// Clock is the clock of one collector. Its fields are set before it is read and not changed; its methods
// may be called from anywhere, but not within a View or Update of its store.
type Clock struct {
	Now   func() time.Time
	Store store.Store
	Keep  time.Duration // for how long records are kept

	mu      sync.Mutex
	loaded  bool
	started bool // a reading was believed since the process began
	belief  store.Belief
	stored  store.Belief
}

// Reading is a time that is believed.
type Reading struct {
	At time.Time // whole milliseconds, UTC
	// Sure is a time that has come whatever the clock does: not after At, and before it while the clock is
	// on trial. Only what is old enough by Sure is deleted, or refused for its age.
	Sure time.Time
}

// Read reads the clock. The error wraps ErrDoubted, or is one of the store.
func (c *Clock) Read() (Reading, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, next, err := c.look()
	if err != nil {
		return Reading{}, err
	}
	if err := c.note(next, false); err != nil {
		return Reading{}, err
	}
	sure := next.Settled
	if now.Before(sure) {
		sure = now
	}
	return Reading{At: now, Sure: sure}, nil
}

// Confirm believes the clock as it is, on the word of an operator. It gives the time that is believed.
func (c *Clock) Confirm() (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, _, err := c.look()
	if err != nil && (!errors.Is(err, ErrDoubted) || now.Unix() < earliest) {
		return now, err
	}
	return now, c.note(store.Belief{Newest: now, Settled: now}, true)
}

// Word says in words how the clock stands; "" is well. doubted tells whether it is not believed.
func (c *Clock) Word() (text string, doubted bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, next, err := c.look()
	switch {
	case errors.Is(err, ErrDoubted):
		return err.Error(), true, nil
	case err != nil:
		return "", false, err
	case !next.Since.IsZero():
		return fmt.Sprintf("on trial: it says %s, and the last time before was %s; nothing is deleted by it until about %s; hint: if the clock is right, say so with collector clock -confirm",
			said(now), said(next.Settled), said(next.Since.Add(trial(c.Keep)))), false, nil
	}
	return "", false, nil
}

// look reads the clock and notes nothing.
func (c *Clock) look() (now time.Time, next store.Belief, err error) {
	now = c.Now().UTC().Truncate(time.Millisecond)
	if !c.loaded {
		if err := c.Store.View(c.load); err != nil {
			return now, next, fmt.Errorf("clock: %w", err)
		}
		c.loaded = true
	}
	next, err = step(c.belief, now, c.started, c.Keep)
	return now, next, err
}

// load takes what the store says. A store from before it said so has the times at which devices were heard.
func (c *Clock) load(r store.Reader) error {
	b, err := r.Belief()
	if err != nil {
		return err
	}
	c.stored = b
	if b.Newest.IsZero() {
		names, err := r.Devices()
		if err != nil {
			return err
		}
		for _, n := range names {
			s, err := r.State(n)
			if err != nil {
				return err
			}
			if s.Seen.After(b.Newest) {
				b.Newest, b.Settled = s.Seen, s.Seen
			}
		}
	}
	c.belief = b
	return nil
}

// note keeps a belief; in the store not every time.
func (c *Clock) note(b store.Belief, must bool) error {
	if must || !b.Since.Equal(c.stored.Since) || b.Newest.Sub(c.stored.Newest) >= noted || b.Newest.Before(c.stored.Newest) {
		if err := c.Store.Update(func(w store.Writer) error { return w.PutBelief(b) }); err != nil {
			return fmt.Errorf("clock: %w", err)
		}
		c.stored = b
	}
	c.belief, c.started = b, true
	return nil
}

func said(t time.Time) string { return t.UTC().Format(time.RFC3339) }
