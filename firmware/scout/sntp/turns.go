package sntp

import (
	"errors"
	"time"
)

// How often a server is asked.
const (
	first  = 2 * time.Second    // until there are enough answers to believe one
	enough = 4                  // answers
	Usual  = 1024 * time.Second // then less and less often, until this
	less   = 4 * Usual          // where that is too often
	never  = 24 * time.Hour     // where it should not have been asked
)

// Turns says when which server is to be asked. The zero value has no servers.
type Turns struct{ all []turn }

type turn struct {
	next  time.Duration
	every time.Duration
	good  int
	asked bool
}

// Restart begins anew with n servers: there is another network.
func (t *Turns) Restart(n int, now time.Duration) {
	t.all = make([]turn, n)
	for i := range t.all {
		t.all[i] = turn{next: now, every: first}
	}
}

// Due gives a server to ask now, or -1. It is not given again before Done.
func (t *Turns) Due(now time.Duration) int {
	for i := range t.all {
		if !t.all[i].asked && t.all[i].next <= now {
			t.all[i].asked = true
			return i
		}
	}
	return -1
}

// Next is when Due has one to give; false if there is nothing to wait for.
func (t *Turns) Next() (at time.Duration, ok bool) {
	for _, s := range t.all {
		if !s.asked && (!ok || s.next < at) {
			at, ok = s.next, true
		}
	}
	return at, ok
}

// Done says what came of asking a server; err is that of Ask.
func (t *Turns) Done(i int, err error, now time.Duration) {
	if i >= len(t.all) {
		return
	}
	s := &t.all[i]
	s.asked = false
	switch {
	case errors.Is(err, ErrNever):
		s.every = never
	case errors.Is(err, ErrLess):
		s.every, s.good = max(less, s.every), enough
	case err != nil:
		s.every, s.good = min(max(2*s.every, 2*first), Usual), 0
	case s.every > Usual: // it once said so
	case s.good < enough:
		s.good++
		s.every = first
	default:
		s.every = min(4*s.every, Usual)
	}
	s.next = now + s.every
}
