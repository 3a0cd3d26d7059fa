package signs

import "time"

// How long a supply may take until it reads as it was switched.
const (
	LitWithin  = time.Second
	DarkWithin = 2 * time.Second
)

// Supply compares what is behind the camera's switch with how it was switched. The zero value is a switch
// that was just opened, at time 0.
type Supply struct {
	on    bool
	since time.Duration // when it agreed last, or was switched
	known bool          // it has agreed since it was switched
	odd   bool
}

// Switched says how the switch stands from now on. What it read before counts no more.
func (s *Supply) Switched(now time.Duration, on bool) {
	s.on, s.since, s.known, s.odd = on, now, false, false
}

// Look takes a reading; one that could not be made is neither lit nor dark. It tells whether Odd changed.
func (s *Supply) Look(now time.Duration, lit, read bool) (changed bool) {
	limit := DarkWithin
	if s.on {
		limit = LitWithin
	}
	was := s.odd
	if read && lit == s.on {
		s.since, s.known, s.odd = now, true, false
	} else if now-s.since >= limit {
		s.odd = true
	}
	return s.odd != was
}

// Odd tells that it has not been as switched for longer than it may.
func (s *Supply) Odd() bool { return s.odd }

// Agrees tells that it has read as it was switched, and has not read otherwise for longer than it may since.
// Only then may anybody say that the camera is dark.
func (s *Supply) Agrees() bool { return s.known && !s.odd }

// On tells how the switch stands.
func (s *Supply) On() bool { return s.on }
