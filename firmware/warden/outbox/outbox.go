// Package outbox keeps records until the courier has them on disk. It sends them in order, a few at
// a time, and again from the oldest without a receipt when the courier was started anew. It never
// drops a record unless its memory is full, and counts what it drops.
package outbox

import "tellijn/firmware/warden/book"

// Limits.
const (
	// Window is how many records may be on their way without a receipt. With at most 514 bytes
	// each they fit four times into the 64 KB of a pipe, so sending never waits.
	Window = 32
	// MaxHeld records wait in memory while there is no courier or no room on the disk: a day of
	// minutes, half a megabyte.
	MaxHeld = 24 * 60
)

// Outbox is used from one goroutine. The zero value is empty and ready.
type Outbox struct {
	held []book.Sealed // oldest first, without a receipt
	sent int           // of held are on their way
	full bool          // the window was full and is not half empty yet
	// Dropped counts records that found the memory full.
	Dropped int
}

// Add takes a record.
func (o *Outbox) Add(s book.Sealed) {
	if len(o.held) == MaxHeld {
		o.held = o.held[1:]
		o.sent = max(o.sent-1, 0)
		o.Dropped++
	}
	o.held = append(o.held, s)
}

// Next gives the next record to send, if one may be sent now. It counts as sent.
func (o *Outbox) Next() (book.Sealed, bool) {
	// A full window is refilled when half of it is empty: records then reach the disk in batches,
	// not one by one.
	o.full = o.full && o.sent > Window/2
	if o.full || o.sent == len(o.held) {
		return book.Sealed{}, false
	}
	o.sent++
	o.full = o.sent == Window
	return o.held[o.sent-1], true
}

// Stored takes the receipt for everything up to sequence and gives those records.
func (o *Outbox) Stored(sequence uint32) []book.Sealed {
	n := 0
	for n < o.sent && o.held[n].Sequence <= sequence {
		n++
	}
	done := o.held[:n:n]
	o.held, o.sent = o.held[n:], o.sent-n
	return done
}

// Again says that a new courier knows nothing of what was sent.
func (o *Outbox) Again() { o.sent, o.full = 0, false }

// Held is the number of records without a receipt.
func (o *Outbox) Held() int { return len(o.held) }

// Sent is the number of records on their way.
func (o *Outbox) Sent() int { return o.sent }
