// Package simlamp is a status lamp that is none: it remembers how it was set, so that tests and tools can
// look at it as people look at a lamp. It is never used where a board has a real one.
package simlamp

import (
	"sync"
	"time"
)

// Kept is how many of the last turns are remembered: of the longest pattern, more than a minute.
const Kept = 256

// Turn is one change of the lamp.
type Turn struct {
	At  time.Duration // by the clock that New was given
	Lit bool
}

// Lamp is a lamp.Lamp that remembers. Use New. It may be looked at from anywhere.
type Lamp struct {
	since func() time.Duration
	mu    sync.Mutex
	lit   bool
	turns []Turn
	fault error
}

// New makes a lamp that is dark; since gives the time of each turn.
func New(since func() time.Duration) *Lamp { return &Lamp{since: since} }

// Set lights it or makes it dark.
func (l *Lamp) Set(lit bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault != nil || l.lit == lit {
		return l.fault
	}
	l.lit = lit
	if len(l.turns) == Kept {
		l.turns = append(l.turns[:0], l.turns[1:]...)
	}
	l.turns = append(l.turns, Turn{l.since(), lit})
	return nil
}

// Close does nothing.
func (l *Lamp) Close() error { return nil }

// Fail lets every later turn end in err, as a lamp whose line is broken would; nil mends it.
func (l *Lamp) Fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fault = err
}

// Lit tells whether it is lit.
func (l *Lamp) Lit() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lit
}

// Turns gives the last turns, the oldest first.
func (l *Lamp) Turns() []Turn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Turn(nil), l.turns...)
}
