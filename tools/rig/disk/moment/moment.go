// Package moment tells from what is written to a card at which moments of the firmware's own writing it is: that a
// record is about to be committed to the warden's ledger, that its pages are there and the head that makes them
// count is not, that all of it is. It looks at pages of the two bbolt files, the ledger and the courier's queue, as
// they pass by, and asks nobody. It is for the rig, outside the data path.
package moment

import (
	"fmt"
	"slices"
	"strings"
)

// The commits that are told apart. One commit may be several of them.
const (
	Checkpoint = "checkpoint" // ledger: the open interval was kept, and no record made
	Record     = "record"     // ledger: a record, and with it the outbox
	Log        = "log"        // ledger: an entry of the device's log
	Freeing    = "freeing"    // ledger: the courier has something, so it leaves the outbox
	Queued     = "queued"     // queue: a record
	Settled    = "settled"    // queue: a receipt has freed something
)

// Each commit has three moments: before the first write that tells what it is, when its pages are flushed and the
// head is not written, and when the head is flushed.
const (
	Begins = " begins"
	Half   = " half"
	Done   = " done"
)

// Sent is the moment at which the collector has a record and the device does not know it yet.
const Sent = "sent"

// NoteSent begins the note that makes it so.
const NoteSent = "record "

// Names are those of all moments.
func Names() (all []string) {
	for _, kind := range []string{Checkpoint, Record, Log, Freeing, Queued, Settled} {
		all = append(all, kind+Begins, kind+Half, kind+Done)
	}
	return append(all, Sent)
}

// Known has an error for a name that no moment has.
func Known(name string) error {
	if !slices.Contains(Names(), name) {
		return fmt.Errorf("moment: %q, want one of %s", name, strings.Join(Names(), ", "))
	}
	return nil
}

// Watch follows one card. The zero value begins with any card, and knows what changed from the second commit of a
// file on.
type Watch struct {
	ledger books
	queue  shelf
	files  [2]commit // of ledger and queue
	seen   map[string]int
}

// commit is one that is under way.
type commit struct {
	kinds []string
	root  uint64 // of its new tree; 0 until it passed by
	paged bool   // its pages are flushed
	head  bool   // its head is written
}

// Write looks at a write before it is on the card, and tells which moments that is.
func (w *Watch) Write(_ int64, data []byte) (moments []string) {
	for ; len(data) >= pageSize; data = data[pageSize:] {
		number, leaf, head := page(data[:pageSize])
		if head {
			for i := range w.files {
				c := &w.files[i]
				c.head = c.head || c.root != 0 && c.root == root(data)
			}
			continue
		}
		if !leaf {
			continue
		}
		// A page may spill over into those behind it.
		l, q := w.ledger, w.queue
		l.fresh()
		q.fresh()
		each(data[:min(len(data), 4*pageSize)], "", func(bucket, key string, value []byte) {
			l.take(key, value)
			q.take(bucket, key, value)
		})
		moments = append(moments, w.files[0].take(number, l.root(), l.kinds(&w.ledger))...)
		moments = append(moments, w.files[1].take(number, q.root(), q.kinds(&w.queue))...)
		w.ledger, w.queue = l, q
	}
	return w.count(moments)
}

// take adds what a page says to the commit.
func (c *commit) take(number uint64, isRoot bool, kinds []string) (moments []string) {
	if (isRoot || len(kinds) > 0) && c.paged {
		*c = commit{} // the next one
	}
	if isRoot {
		c.root = number
	}
	for _, k := range kinds {
		if !slices.Contains(c.kinds, k) {
			c.kinds = append(c.kinds, k)
			moments = append(moments, k+Begins)
		}
	}
	return moments
}

// Flush tells which moments it is when everything written so far is on the card.
func (w *Watch) Flush() (moments []string) {
	for i := range w.files {
		c := &w.files[i]
		suffix := Half
		switch {
		case c.root == 0:
			continue
		case c.head:
			suffix = Done
		case c.paged:
			continue
		}
		for _, k := range c.kinds {
			moments = append(moments, k+suffix)
		}
		if c.paged = true; c.head {
			*c = commit{}
		}
	}
	return w.count(moments)
}

// Note tells which moments something is that happened outside.
func (w *Watch) Note(text string) (moments []string) {
	if strings.HasPrefix(text, NoteSent) {
		moments = []string{Sent}
	}
	return w.count(moments)
}

// Cut forgets what was under way.
func (w *Watch) Cut() { w.files = [2]commit{} }

// Seen is how often each moment was there.
func (w *Watch) Seen() map[string]int {
	all := map[string]int{}
	for k, n := range w.seen {
		all[k] = n
	}
	return all
}

func (w *Watch) count(moments []string) []string {
	if w.seen == nil {
		w.seen = map[string]int{}
	}
	for _, m := range moments {
		w.seen[m]++
	}
	return moments
}
