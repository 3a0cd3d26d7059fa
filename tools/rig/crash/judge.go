package crash

import (
	"bytes"
	"errors"
	"fmt"

	"tellijn/firmware/handoff"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
)

// Floor is what a card has to have at least: what it had at the last flush.
type Floor struct {
	Ledger, Queue     bool
	Forward, Backward uint64
	Log               uint32
	Put               uint64
}

func (d *Device) floor() Floor {
	return Floor{d.Ledger, d.Queue, d.Book.Forward, d.Book.Backward, d.Book.Log.Number, d.Stats.Put}
}

// behind tells what went back behind a floor.
func (f Floor) behind(least Floor) (err error) {
	if least.Ledger && !f.Ledger || least.Queue && !f.Queue {
		err = errors.Join(err, errors.New("a file that was there is gone"))
	}
	for _, n := range []struct {
		what      string
		has, want uint64
	}{{"crossings forward", f.Forward, least.Forward}, {"crossings backward", f.Backward, least.Backward}, {"log entries", uint64(f.Log), uint64(least.Log)},
		{"items ever queued", f.Put, least.Put}} {
		if n.has < n.want {
			err = errors.Join(err, fmt.Errorf("%s went back to %d, and %d were flushed", n.what, n.has, n.want))
		}
	}
	return err
}

// name of an item: what nobody may use twice.
type name struct {
	kind     uint8
	boot     [16]byte
	sequence uint32
}

// judge holds what a card says against what the collector had when the power went.
func (d *Device) judge(records []record.Record, entries []devicelog.Entry) error {
	d.Known, d.Waiting = nil, 0
	if !d.Ledger {
		if len(records)+len(entries) > 0 {
			return fmt.Errorf("the collector has %d records and %d log entries of a device that does not know its own keys", len(records), len(entries))
		}
		return nil
	}
	by, all := map[name][]byte{}, map[record.Hash]record.Record{}
	add := func(kind uint8, boot [16]byte, sequence uint32, signed []byte) error {
		n := name{kind, boot, sequence}
		if old := by[n]; old != nil && !bytes.Equal(old, signed) {
			return fmt.Errorf("item %d of kind %d is there twice, with other bytes", sequence, kind)
		}
		if by[n] = signed; kind != uint8(handoff.ItemRecord) {
			return nil
		}
		rec, err := record.Open(d.Key.Public(), signed)
		all[record.HashOf(signed)] = rec
		return err
	}
	for i := range records {
		signed, err := record.Seal(d.Key, &records[i])
		if err == nil {
			err = add(uint8(handoff.ItemRecord), records[i].Boot, records[i].Sequence, signed)
		}
		if err != nil {
			return err
		}
		d.Known = append(d.Known, signed)
	}
	for _, it := range d.Book.Outbox {
		if err := add(it.Kind, it.Boot, it.Sequence, it.Bytes); err != nil {
			return err
		}
	}
	for _, it := range d.items {
		if err := add(uint8(it.Kind), it.Boot, it.Sequence, it.Bytes); err != nil {
			return err
		}
	}
	d.Waiting = len(all) - len(records)
	return errors.Join(d.chain(all), d.log(by, entries), d.totals(records))
}

// chain goes from the newest record that the ledger knows back to the first. All of them have to be somewhere, and
// nothing else: a record that is not among them is one that the device has forgotten making.
func (d *Device) chain(all map[record.Hash]record.Record) error {
	left := len(all)
	for h := d.Tail; h != (record.Hash{}); left-- {
		r, ok := all[h]
		if !ok {
			return fmt.Errorf("a record is LOST: the ledger or a later record names %x, and neither device nor collector has it", h[:4])
		}
		h = r.Previous
		if left < 0 {
			return errors.New("records name each other in a circle")
		}
	}
	if left > 0 {
		return fmt.Errorf("%d records are FORGOTTEN: they are in the queue or in the collector, and the ledger knows nothing of them", left)
	}
	return nil
}

// log sees that every entry is in the ledger, as the collector has it, and either in the collector or on its way.
func (d *Device) log(by map[name][]byte, entries []devicelog.Entry) error {
	there := map[uint32]bool{}
	for n, signed := range by {
		if n.kind != uint8(handoff.ItemLog) {
			continue
		}
		there[n.sequence] = true
		if own := d.Entry(n.sequence); !bytes.Equal(own, signed) {
			return fmt.Errorf("log entry %d is FORGOTTEN or another in the ledger than on its way", n.sequence)
		}
	}
	for _, e := range entries {
		there[e.Number] = true
		own, err := devicelog.Open(d.Key.Public(), d.Entry(e.Number))
		if err != nil || own != e {
			return fmt.Errorf("log entry %d is FORGOTTEN: the collector has it, the ledger has none or another: %w", e.Number, err)
		}
	}
	for _, e := range d.Book.Entries {
		if !there[e.Number] {
			return fmt.Errorf("log entry %d is LOST: it is in the ledger, and neither on its way nor in the collector", e.Number)
		}
	}
	return nil
}

// Entry gives a signed entry of the log as the ledger has it, nil if it has none.
func (d *Device) Entry(number uint32) []byte {
	for _, e := range d.Book.Entries {
		if e.Number == number {
			return e.Bytes
		}
	}
	return nil
}

// totals sees that the ledger has released what the collector knows of.
func (d *Device) totals(records []record.Record) error {
	var forward, backward uint64
	for _, r := range records {
		var f, b uint64
		for _, l := range r.Lines {
			f, b = f+uint64(l.TotalForward), b+uint64(l.TotalBackward)
		}
		forward, backward = max(forward, f), max(backward, b)
	}
	if has := d.Book.Released; has.Forward < forward || has.Backward < backward {
		return fmt.Errorf("counts went BACK: the ledger has released %d and %d, and %d and %d were sent", has.Forward, has.Backward, forward, backward)
	}
	return nil
}
