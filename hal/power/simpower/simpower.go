// Package simpower is the power switch of a board whose camera is drawn: it remembers how it was
// switched, and no camera loses its power by it. It is never used in front of a real camera, where
// it would claim a darkness that is not there.
package simpower

import (
	"sync"
	"time"
)

// Kept is how many of the last turns are remembered.
const Kept = 64

// Turn is one turn of the switch.
type Turn struct {
	At time.Duration // by the clock that New was given
	On bool
}

// Switch is a power.Switch that remembers. Use New. It may be asked for its turns from anywhere.
type Switch struct {
	since func() time.Duration
	mu    sync.Mutex
	on    bool
	turns []Turn
	count int
	fault error
	stuck bool // the supply is lit, whatever was switched
	blind error
}

// New makes a switch that is off; since gives the time of each turn.
func New(since func() time.Duration) *Switch { return &Switch{since: since} }

// On switches on.
func (s *Switch) On() error { return s.turn(true) }

// Off switches off.
func (s *Switch) Off() error { return s.turn(false) }

func (s *Switch) turn(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != nil {
		return s.fault
	}
	if s.on == on {
		return nil
	}
	s.on = on
	s.count++
	if len(s.turns) == Kept {
		s.turns = append(s.turns[:0], s.turns[1:]...)
	}
	s.turns = append(s.turns, Turn{s.since(), on})
	return nil
}

// Fail lets every later turn end in err, as a switch that is broken would; nil mends it.
func (s *Switch) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = err
}

// Stick lets the supply behind the switch stay lit, as a switch whose contacts are welded would; false mends it.
func (s *Switch) Stick(stuck bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stuck = stuck
}

// Blind lets every later look at the supply end in err; nil mends it.
func (s *Switch) Blind(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blind = err
}

// Lit makes the switch its own power.Supply.
func (s *Switch) Lit() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return (s.on || s.stuck) && s.blind == nil, s.blind
}

// Powered tells whether it is on.
func (s *Switch) Powered() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on
}

// Turns gives the last turns, the oldest first, and how many there were in all.
func (s *Switch) Turns() (last []Turn, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(last, s.turns...), s.count
}
