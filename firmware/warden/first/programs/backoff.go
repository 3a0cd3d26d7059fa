package programs

import "time"

// Waits between the end of a program and its next start: from First, doubled each time up to Last, and First again
// after a run of Calm.
const (
	First = time.Second
	Last  = time.Minute
	Calm  = 10 * time.Minute
)

// Backoff says how long to wait. The zero value is ready.
type Backoff struct{ next time.Duration }

// Wait gives the time to wait before the next start, after a run of this length.
func (b *Backoff) Wait(ran time.Duration) time.Duration {
	if ran >= Calm || b.next == 0 {
		b.next = First
	}
	wait := b.next
	b.next = min(2*b.next, Last)
	return wait
}
