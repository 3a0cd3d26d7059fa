package clerk

import (
	"fmt"
	"time"

	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/devicelog"
)

// entries is the log of the device on its way to the ledger.
type entries struct {
	head    ledger.LogHead
	pending []entry
	kinds   [1 << 8]allowance
}

// entry is one thing that happened and is not stored yet.
type entry struct {
	event  devicelog.Event
	moment devicelog.Moment
}

// allowance bounds how often one kind of event is entered, so that a program that ends again and again
// does not wear the card out: burst at once, then one in each refill.
type allowance struct {
	used  int
	since time.Duration // uptime from which on one comes back each refill
	left  int32         // events that were not entered since the last one
}

const (
	burst  = 12
	refill = 30 * time.Minute
	// maxPending events wait while nothing can be stored.
	maxPending = 256
)

// Enter takes an event for the log of the device. It is stored with the next commit, or by Flush. What
// comes too often is counted, and that number is entered with the next of its kind.
func (c *Clerk) Enter(e devicelog.Event, at Stamp) {
	m := devicelog.Moment{At: at.Now.Unix(), Clock: at.Clock, Uptime: uint32(at.Uptime / time.Second)}
	a := &c.entries.kinds[e.Kind]
	if back := int((at.Uptime - a.since) / refill); back > 0 {
		a.used, a.since = max(a.used-back, 0), a.since+time.Duration(back)*refill
	}
	if a.used >= burst || len(c.entries.pending) >= maxPending {
		a.left++
		return
	}
	if a.used == 0 {
		a.since = at.Uptime
	}
	a.used++
	if a.left > 0 {
		c.entries.pending = append(c.entries.pending, entry{devicelog.Event{Kind: devicelog.LeftOut, A: int32(e.Kind), B: a.left}, m})
		a.left = 0
	}
	c.entries.pending = append(c.entries.pending, entry{e, m})
}

// Flush stores the events that wait. It returns an error that wraps ErrStore when the ledger takes
// nothing; they go on waiting.
func (c *Clerk) Flush() error {
	if len(c.entries.pending) == 0 {
		return nil
	}
	var head ledger.LogHead
	err := c.s.Ledger.Update(func(tx *ledger.Tx) (err error) {
		head, err = c.write(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	c.entries.head, c.entries.pending = head, nil
	return nil
}

// News is where the ledger says, for the next who keeps the log, that keys were made, or that a damaged file or
// file system was set aside.
const News = "news"

// write signs what waits and puts it into log and outbox.
func (c *Clerk) write(tx *ledger.Tx) (head ledger.LogHead, err error) {
	head = tx.LogHead()
	chain := devicelog.Chain{Key: c.s.Desk.Key, Device: c.s.Desk.Device, Boot: c.s.Desk.Boot,
		State: devicelog.State{Number: head.Number, Head: head.Hash}}
	for _, p := range c.entries.pending {
		signed, next, err := chain.Append(p.event, p.moment)
		if err != nil {
			continue // an event that cannot be said, such as one with a number beyond its bounds
		}
		if head, err = tx.Log(next.State.Number, signed); err != nil {
			return head, err
		}
		if err := tx.Add(ledger.Item{Kind: Log, Boot: c.s.Desk.Boot, Sequence: next.State.Number, Bytes: signed}); err != nil {
			return head, err
		}
		if chain = next; p.event.Kind == devicelog.KeyMade || p.event.Kind == devicelog.LedgerAside || p.event.Kind == devicelog.DataAside {
			_ = tx.Delete(News)
		}
	}
	return head, nil
}
