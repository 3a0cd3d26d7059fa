// Package clerk keeps what the desk makes: record, envelopes and all state that they come from go into the
// ledger in one transaction, and the log of the device into the same file. It holds intervals back while
// nothing can be stored, or while the head of a room waits for other doors. It opens nothing and asks no clock.
package clerk

import (
	"errors"
	"fmt"
	"time"

	"tellijn/counting"
	"tellijn/firmware/handoff"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/room"
)

// Kinds of items in the outbox: those of firmware/handoff.
const (
	Record   = uint8(handoff.ItemRecord)
	Log      = uint8(handoff.ItemLog)
	Envelope = uint8(handoff.ItemEnvelope)
)

// Setup is what stays the same for a boot.
type Setup struct {
	Desk   desk.Setup
	Ledger *ledger.Ledger
	// Keep gives the open interval of the book, which goes into the same transaction; Kept hears that it
	// is stored.
	Keep func() []byte
	Kept func()
}

// Stamp is a moment as the warden knows it.
type Stamp = desk.Stamp

// Names in the ledger.
const (
	stateName = "release" // all that records come from
	openName  = "open"    // exact counts of the open interval
	timeName  = "time"    // floor of the clock
)

// Clerk is used from one goroutine.
type Clerk struct {
	s        Setup
	state    desk.State // as it is on disk, but for what came from other doors since
	door     room.Door  // as it is on disk
	head     room.Head  // as it is on disk
	sequence uint32     // of the next record
	letters  uint32     // of the next envelope
	jobs     []job      // intervals that no record is committed of yet, oldest first
	freed    uint64     // number of the newest item that the courier has
	// queueLost is what the courier's queue dropped, as it said last; ledgerLost what this ledger did.
	queueLost, ledgerLost uint64
	entries               entries
	alone                 bool // this door released alone, as last entered
	// Carried is what was counted and not released, of each line, after the last record.
	Carried []book.Line
	// Told is the newest record, signed; nil before the first.
	Told []byte
	// Unmade is how many intervals no record could be made of since the start, and Why is the reason for
	// the last. What was counted in them is carried.
	Unmade int
	Why    error
}

// job is an interval on its way to a record.
type job struct {
	closed book.Closed
	due    time.Time // the head of a room waits for the tallies of others until then
}

// MaxJobs intervals wait in memory while nothing can be stored, a week of them; what is beyond is added
// to the interval before, so that nobody is lost.
const MaxJobs = 7 * 24 * 4

// ErrStore is wrapped when the ledger took nothing: a later try may work.
var ErrStore = errors.New("clerk: nothing can be stored")

// New takes up the work where the ledger says that it stood. givenUp is how many intervals were given
// to a head that the configuration no longer knows.
func New(s Setup) (c *Clerk, givenUp int, err error) {
	if err := s.Desk.Policy.Check(); err != nil {
		return nil, 0, err
	}
	c = &Clerk{s: s, Carried: make([]book.Line, s.Desk.Lines)}
	err = s.Ledger.View(func(tx *ledger.Tx) error {
		c.entries.head, c.ledgerLost = tx.LogHead(), tx.Counts().Dropped[Record]
		if b, ok := tx.Get(stateName); ok {
			return c.state.Read(b)
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	givenUp = c.state.Configured(&s.Desk)
	c.door, c.head = c.state.Door, c.state.Head
	c.carried()
	return c, givenUp, nil
}

// Kept gives the open interval that a warden before this one kept; nil if there is none.
func (c *Clerk) Kept() (kept []byte) {
	_ = c.s.Ledger.View(func(tx *ledger.Tx) error {
		kept, _ = tx.Get(openName)
		return nil
	})
	return kept
}

// Late takes counts that belong to no interval to come, such as those of lines that were taken out of the
// configuration: they are carried.
func (c *Clerk) Late(lines [counting.MaxLines]book.Line) {
	for i, l := range lines {
		if l != (book.Line{}) {
			c.state.Lines[i].Late(l.Forward, l.Backward)
		}
	}
}

// Eye notes which program counts from now on.
func (c *Clerk) Eye(firmware [32]byte) { c.s.Desk.Firmware = firmware }

// Take takes closed intervals and commits what can be made of them by now. It returns an error that
// wraps ErrStore when the ledger takes nothing; the intervals wait then, and Take with none tries again.
func (c *Clerk) Take(closed []book.Closed, at Stamp) error {
	for _, i := range closed {
		j := job{closed: i}
		if p := c.s.Desk.Post; p != nil && p.Head() {
			j.due = i.To.Add(room.Wait(c.s.Desk.Policy.Interval))
		}
		if n := len(c.jobs); n >= MaxJobs {
			last := &c.jobs[n-1].closed
			for l := range last.Lines {
				last.Lines[l].Forward += i.Lines[l].Forward
				last.Lines[l].Backward += i.Lines[l].Backward
			}
			continue
		}
		c.jobs = append(c.jobs, j)
	}
	ready := 0
	for ready < len(c.jobs) && !at.Now.Before(c.jobs[ready].due) {
		ready++
	}
	if ready == 0 && len(closed) == 0 {
		return nil
	}
	return c.commit(ready, at, true)
}

// Waiting is how many intervals have no record yet.
func (c *Clerk) Waiting() int { return len(c.jobs) }

// Checkpoint keeps the open interval, and whatever else there is to keep. Not the floor of the clock, nor
// what came from other doors since the last record: a checkpoint comes when somebody was counted, and after
// a power cut records and receipts show both. Other doors send again what is forgotten.
func (c *Clerk) Checkpoint(at Stamp) error { return c.commit(0, at, false) }

// Close keeps the open interval for the last time, with the floor of the clock.
func (c *Clerk) Close(at Stamp) error { return c.commit(0, at, true) }

// headAway enters it when a door begins to release alone, and when it ends.
func (c *Clerk) headAway(n int, at Stamp) {
	if p := c.s.Desk.Post; n == 0 || p == nil || p.Head() || c.state.Door.Alone() == c.alone {
		return
	}
	if c.alone = c.state.Door.Alone(); c.alone {
		c.Enter(devicelog.Event{Kind: devicelog.HeadAway}, at)
	} else {
		c.Enter(devicelog.Event{Kind: devicelog.HeadBack}, at)
	}
}

// Items gives what the courier should have, from after number on and without what it is known to have,
// and at most n.
func (c *Clerk) Items(after uint64, n int) (items []ledger.Item) {
	_ = c.s.Ledger.View(func(tx *ledger.Tx) error {
		items = tx.Items(max(after, c.freed), n)
		return nil
	})
	return items
}

// Stored says that the courier has every item up to number on disk. They go with the next commit: a
// commit of their own would be wear for nothing, and what is sent twice is kept once.
func (c *Clerk) Stored(number uint64) { c.freed = max(c.freed, number) }

// Lost says how much the courier's queue had to drop, ever. What the ledger itself dropped comes on top.
func (c *Clerk) Lost(n uint64) { c.queueLost = n }

// Inward takes an envelope of another door or of the head. An error says why it is not taken; see
// room.Alarming.
func (c *Clerk) Inward(b []byte) error {
	switch {
	case c.s.Desk.Post == nil:
		return fmt.Errorf("%w: this device is in no room", room.ErrMisrouted)
	case c.s.Desk.Post.Head():
		_, err := c.state.Head.Receive(c.s.Desk.Post, b)
		return err
	}
	_, err := c.state.Door.Receive(c.s.Desk.Post, b)
	return err
}

// carried refreshes what is carried.
func (c *Clerk) carried() {
	for i := range c.Carried {
		f, b := c.state.Lines[i].Carried()
		c.Carried[i] = book.Line{Forward: uint32(min(f, 1<<32-1)), Backward: uint32(min(b, 1<<32-1))}
	}
}
