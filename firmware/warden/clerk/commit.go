package clerk

import (
	"encoding/binary"
	"fmt"
	"time"

	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
)

// commit makes the records of the first n jobs and stores them with the state that they lead to. The
// jobs that go on waiting are in that state too.
func (c *Clerk) commit(n int, at Stamp, floored bool) error {
	if err := c.Flush(); err != nil {
		return err // a record says how far the log had come, so that comes first
	}
	next, items, letters := c.state, []ledger.Item(nil), c.letters
	sequence, told := c.sequence, c.Told
	unmade, why := c.Unmade, c.Why
	if lost := c.queueLost + c.ledgerLost; lost > uint64(next.Lost) { // a new queue counts from zero
		next.Lost = uint32(min(lost, 1<<32-1))
	}
	log := record.Log{Entries: c.entries.head.Number, Head: c.entries.head.Hash}
	for i := range c.jobs[:n] {
		before := next
		signed, letter, err := c.s.Desk.Make(&next, &c.jobs[i].closed, sequence, log, at)
		if err != nil {
			// One interval that cannot be said must not keep the others from being said.
			next = before
			for l, n := range c.jobs[i].closed.Lines {
				next.Lines[l].Late(n.Forward, n.Backward)
			}
			unmade, why = unmade+1, err
			continue
		}
		items = append(items, ledger.Item{Kind: Record, Boot: c.s.Desk.Boot, Sequence: sequence, Bytes: signed})
		for _, b := range letter {
			items = append(items, ledger.Item{Kind: Envelope, Boot: c.s.Desk.Boot, Sequence: letters, Bytes: b})
			letters++
		}
		sequence, told = sequence+1, signed
	}
	next.Wait = [2]uint32{}
	for i := range c.jobs[n:] {
		f, b := c.jobs[n+i].closed.Sum()
		next.Wait[0], next.Wait[1] = next.Wait[0]+f, next.Wait[1]+b
	}
	stored := next
	if !floored {
		stored.Door, stored.Head = c.door, c.head
	}
	dropped := c.ledgerLost
	err := c.s.Ledger.Update(func(tx *ledger.Tx) error {
		_, _ = tx.Free(c.freed)
		_ = tx.Put(stateName, stored.Bytes())
		if keep := c.s.Keep; keep != nil {
			_ = tx.Put(openName, keep())
		}
		if floored {
			_ = tx.Put(timeName, floor(at))
		}
		for _, it := range items {
			_ = tx.Add(it)
		}
		dropped = tx.Counts().Dropped[Record]
		return nil // the first error fails the whole
	})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStore, err)
	}
	c.state, c.sequence, c.letters, c.Told, c.Unmade, c.Why = next, sequence, letters, told, unmade, why
	c.door, c.head = stored.Door, stored.Head
	if c.s.Kept != nil {
		c.s.Kept()
	}
	c.jobs = append([]job(nil), c.jobs[n:]...)
	c.carried()
	c.headAway(n, at)
	if n := dropped - c.ledgerLost; n > 0 {
		c.ledgerLost = dropped
		c.Enter(devicelog.Event{Kind: devicelog.QueueDropped, A: int32(min(n, 1<<31-1))}, at)
	}
	return nil
}

// floor is what the clock may never go behind, Unix seconds.
func floor(at Stamp) []byte { return binary.BigEndian.AppendUint64(nil, uint64(at.Now.Unix())) }

// Floor gives what the clock may never go behind, as the ledger has it; zero if it has none.
func Floor(l *ledger.Ledger) (t time.Time) {
	_ = l.View(func(tx *ledger.Tx) error {
		if b, ok := tx.Get(timeName); ok && len(b) == 8 {
			t = time.Unix(int64(binary.BigEndian.Uint64(b)), 0).UTC()
		}
		return nil
	})
	return t
}
