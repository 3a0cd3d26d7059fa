package judge

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"

	"tellijn/firmware/warden/clerk"
	"tellijn/privacy/record"
	"tellijn/tools/faults/site"
)

// Device holds what a device has on disk, what its wardens showed, and what receipts called stored against
// what the collector has of it.
func Device(d *site.Device, b *Book, h *Held, stored []string) (wrong []error) {
	fail := func(err error) {
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", d.Name, err))
		}
	}
	for n, r := range d.Runs() {
		for i, signed := range r.Records() {
			fail(h.Has(fmt.Sprintf("record %d of life %d, which the warden showed,", i, n), signed))
		}
	}
	for _, s := range stored {
		fail(h.Has("an item that a receipt calls stored", []byte(s)))
	}
	for _, it := range b.Outbox {
		if it.Kind == clerk.Record || it.Kind == clerk.Log {
			fail(h.Has(fmt.Sprintf("item %d of the outbox, of kind %d,", it.Number, it.Kind), it.Bytes))
		}
	}
	for _, e := range b.Entries {
		fail(h.Has(fmt.Sprintf("log entry %d", e.Number), e.Bytes))
		if e.Number == b.Log.Number && sha256.Sum256(e.Bytes) != b.Log.Hash {
			fail(errors.New("judge: the head of the log is another one"))
		}
	}
	if h.Entries != int(b.Log.Number) {
		fail(fmt.Errorf("judge: %d log entries in the collector, the warden wrote %d", h.Entries, b.Log.Number))
	}
	fail(queue(d, h))
	fail(totals(d, b, h))
	for _, pattern := range []string{"warden/*.damaged-*", "courier/*.damaged-*"} {
		aside, _ := filepath.Glob(filepath.Join(d.Dir, pattern))
		if len(aside) > 0 {
			fail(fmt.Errorf("judge: set aside: %q", aside))
		}
	}
	return wrong
}

// queue looks whether the courier's queue is empty and set nothing aside.
func queue(d *site.Device, h *Held) error {
	q, err := d.Queue()
	if err != nil {
		return err
	}
	defer q.Close()
	st, err := q.Stats()
	if err != nil {
		return err
	}
	refused, why, err := q.Refused()
	if err != nil {
		return err
	}
	for i, it := range refused {
		err = errors.Join(err, fmt.Errorf("judge: item %d, of kind %d, was set aside as refused, reason %d; in the collector %d times",
			it.Number, it.Kind, why[i].Reason, h.items[string(it.Bytes)]))
	}
	if st.Waiting > 0 || st.Dropped > 0 || st.Refused > 0 {
		err = errors.Join(err, fmt.Errorf("judge: the queue has %d items, %d were pushed out, %d refused", st.Waiting, st.Dropped, st.Refused))
	}
	found := false
	for s := range h.items {
		found = found || record.HashOf([]byte(s)) == record.Hash(st.Tail)
	}
	if !found {
		err = errors.Join(err, errors.New("judge: the newest record that was ever queued is not in the collector"))
	}
	return errors.Join(err, q.Check())
}

// totals holds the totals that the newest record says against those of the ledger.
func totals(d *site.Device, b *Book, h *Held) error {
	if h.Records == 0 {
		return errors.New("judge: no record came")
	}
	var most site.Counts
	for s := range h.items {
		if r, err := record.Open(d.Key, []byte(s)); err == nil {
			most.Forward = max(most.Forward, uint64(r.Lines[0].TotalForward))
			most.Backward = max(most.Backward, uint64(r.Lines[0].TotalBackward))
		}
	}
	if most != b.Released {
		return fmt.Errorf("judge: the collector knows of %+v released, the ledger of %+v", most, b.Released)
	}
	return nil
}
