package signs

import "time"

// StaleAfter is how long nothing may leave while something waits, beside the time between two records.
const StaleAfter = time.Hour

// Leaving follows whether what is queued leaves the device, by what the courier says of its queue each time
// that it has stored something. The zero value has heard nothing.
type Leaving struct {
	heard   bool
	since   time.Duration // when something left last, or the queue was empty
	waiting uint64
	stored  uint64
}

// Hello begins with the queue of a courier that has just started, at the time now. What was known of the one
// before stays: a courier that starts again and again does not make the queue leave.
func (l *Leaving) Hello(now time.Duration, waiting uint64) {
	if !l.heard || waiting == 0 || waiting < l.waiting {
		l.since = now
	}
	l.heard, l.waiting, l.stored = true, waiting, 0
}

// Look takes how many items wait after so many were stored since Hello.
func (l *Leaving) Look(now time.Duration, waiting, stored uint64) {
	if waiting == 0 || waiting < l.waiting+(max(stored, l.stored)-l.stored) {
		l.since = now
	}
	l.waiting, l.stored = waiting, stored
}

// Stale tells that something waits and nothing has left for StaleAfter and the time between two records.
func (l *Leaving) Stale(now, pace time.Duration) bool {
	return l.heard && l.waiting > 0 && now-l.since > StaleAfter+pace
}
