// Package judge looks whether anything was lost, doubled, forged or set aside: it reads the ledgers of the
// wardens, the queues of the couriers and the store of the collector when nobody runs, and holds them
// against what the wardens showed and what receipts said. It changes nothing.
package judge

import (
	"encoding/binary"
	"fmt"
	"path/filepath"

	"tellijn/counting"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/room"
	"tellijn/tools/faults/site"
)

// Book is what a warden has on disk.
type Book struct {
	// Counts are all crossings that this device answers for: released, carried, open, waiting, and
	// what a head has booked and not released. What a door gave away is not in it.
	site.Counts
	// Lines are the crossings of each line that were released, carried or are open, and those that wait at the
	// first, into which they will go.
	Lines    [counting.MaxLines]site.Counts
	Released site.Counts
	Outbox   []ledger.Item
	Log      ledger.LogHead
	Entries  []ledger.Entry
	state    desk.State
}

// Read reads the ledger of a device on which nothing runs.
func Read(d *site.Device) (b Book, err error) {
	l, err := ledger.Open(filepath.Join(d.Dir, "warden", "ledger.db"), ledger.Options{})
	if err != nil {
		return b, fmt.Errorf("judge: %w", err)
	}
	defer l.Close()
	if l.Aside != "" {
		return b, fmt.Errorf("judge: the ledger of %s was set aside as %s: %w", d.Name, l.Aside, l.Why)
	}
	if err := l.Check(); err != nil {
		return b, fmt.Errorf("judge: %w", err)
	}
	var kept []byte
	err = l.View(func(tx *ledger.Tx) error {
		b.Outbox, b.Log, b.Entries = tx.Items(0, 1<<20), tx.LogHead(), tx.Entries(0, 1<<20)
		kept, _ = tx.Get("open")
		if state, ok := tx.Get("release"); ok {
			return b.state.Read(state)
		}
		return nil
	})
	if err != nil {
		return b, fmt.Errorf("judge: %w", err)
	}
	open, err := book.Counts(kept)
	if err != nil {
		return b, fmt.Errorf("judge: %w", err)
	}
	for i := range counting.MaxLines {
		line := &b.state.Lines[i]
		f, w := line.Carried()
		b.Released.Forward += uint64(line.TotalForward())
		b.Released.Backward += uint64(line.TotalBackward())
		b.Lines[i].Forward = uint64(line.TotalForward()) + uint64(f) + uint64(open[i].Forward)
		b.Lines[i].Backward = uint64(line.TotalBackward()) + uint64(w) + uint64(open[i].Backward)
		b.Forward += b.Lines[i].Forward
		b.Backward += b.Lines[i].Backward
	}
	b.Forward += uint64(b.state.Restored[0])
	b.Backward += uint64(b.state.Restored[1])
	b.Lines[0].Forward += uint64(b.state.Restored[0])
	b.Lines[0].Backward += uint64(b.state.Restored[1])
	head := b.state.Head // a copy: what is booked is taken from it, to look at it
	sum := head.Take(0, 0, 0)
	for _, p := range []room.Part{sum.Now, sum.Late} {
		b.Forward += uint64(p.Forward) + uint64(p.In)
		b.Backward += uint64(p.Backward) + uint64(p.Out)
	}
	return b, nil
}

// Layout of the states of privacy/room, whose counts nobody else may read: where the last booked number of
// the only other door stands in a head's, and where the kept tallies begin in a door's.
const (
	headBooked = 1 + 8 + 24 + 2 + 16
	headSize   = headBooked + 4 + 8
	doorSize   = 1 + 16 + 2*4 + 8 + 3 + 24
	tallySize  = 8 + 5*4
)

// Between gives what a door gave to its head and the head has not booked.
func Between(head, door *Book) (c site.Counts, err error) {
	h, err := head.state.Head.MarshalBinary()
	if err != nil || len(h) < headSize {
		return c, fmt.Errorf("judge: state of a head of %d bytes, want %d or more: %v", len(h), headSize, err)
	}
	b, err := door.state.Door.MarshalBinary()
	kept := door.state.Door.Kept()
	if err != nil || len(b) != doorSize+kept*tallySize {
		return c, fmt.Errorf("judge: state of a door of %d bytes, want %d: %v", len(b), doorSize+kept*tallySize, err)
	}
	made, known := door.state.Door.Numbers()
	booked := binary.BigEndian.Uint32(h[headBooked:])
	if booked > made {
		return c, fmt.Errorf("judge: the head has booked %d tallies of a door that made %d", booked, made)
	}
	for i := range kept {
		t := b[doorSize+i*tallySize+8:]
		if known+1+uint32(i) > booked {
			c.Forward += uint64(binary.BigEndian.Uint32(t)) + uint64(binary.BigEndian.Uint32(t[8:]))
			c.Backward += uint64(binary.BigEndian.Uint32(t[4:])) + uint64(binary.BigEndian.Uint32(t[12:]))
		}
	}
	return c, nil
}
