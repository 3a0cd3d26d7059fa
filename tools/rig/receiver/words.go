package receiver

import (
	"fmt"
	"time"

	"tellijn/privacy/record"
)

// Words says what a record says, in one line.
func Words(r *record.Record) string {
	at := func(t int64) string { return time.Unix(t, 0).UTC().Format("2006-01-02 15:04:05") }
	s := fmt.Sprintf("record %d of %s, %s to %s UTC, coverage %d %%, camera %s %dx%d:", r.Sequence, r.Device, at(r.From), at(r.To)[11:], r.Coverage,
		r.Camera.Driver, r.Camera.Width, r.Camera.Height)
	for i, l := range r.Lines {
		s += fmt.Sprintf(" line %d: %d in, %d out, at least %d beyond, %d and %d in all;", i+1, l.Forward, l.Backward, l.Level, l.TotalForward, l.TotalBackward)
	}
	return s[:len(s)-1]
}

// Waiting tells how many items, records and entries of the log, a device said were waiting with it, at most, in what it sent
// since this was asked last.
func (r *Receiver) Waiting() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.waiting
	r.waiting = 0
	return int(n)
}
