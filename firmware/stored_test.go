package firmware_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tellijn/firmware/queue"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/sign"
)

// device is what a device has on its disk, whichever program keeps it.
type device struct {
	records []record.Record
	entries [][]byte // of the log of the device
	key     sign.Public
	// forward and backward are all that was ever counted on the first line: released, carried and open.
	forward, backward uint32
}

// disk reads the ledger of the warden and the queue of the courier when nobody runs any more, and checks
// every signature, every boot's sequence, the chain through all records, and the log of the device.
func disk(t *testing.T, dir string) (d device) {
	t.Helper()
	l, err := ledger.Open(filepath.Join(dir, "warden", "ledger.db"), ledger.Options{})
	if err != nil || l.Aside != "" {
		t.Fatalf("%v, set aside %q", err, l.Aside)
	}
	defer l.Close()
	keys, made, err := l.Keys(nil)
	if err != nil || made || l.Lost != nil {
		t.Fatalf("keys: %v, made %v, lost %v", err, made, l.Lost)
	}
	d.key = sign.NewKey(keys.Sign).Public()
	c, _, err := clerk.New(clerk.Setup{Ledger: l, Desk: desk.Setup{Lines: 1, Policy: release.Default(), Location: time.UTC}})
	if err != nil {
		t.Fatal(err)
	}
	open, err := book.Counts(c.Kept())
	if err != nil {
		t.Fatal(err)
	}
	d.forward, d.backward = c.Carried[0].Forward+open[0].Forward, c.Carried[0].Backward+open[0].Backward
	var signed [][]byte
	take := func(kind uint8, b []byte) {
		switch kind {
		case clerk.Record:
			if !slices.ContainsFunc(signed, func(o []byte) bool { return string(o) == string(b) }) {
				signed = append(signed, b)
			}
		case clerk.Log:
			if !slices.ContainsFunc(d.entries, func(o []byte) bool { return string(o) == string(b) }) {
				d.entries = append(d.entries, b)
			}
		}
	}
	for _, it := range queued(t, dir) {
		take(uint8(it.Kind), it.Bytes)
	}
	for _, it := range c.Items(0, 1<<20) {
		take(it.Kind, it.Bytes)
	}
	d.check(t, signed)
	return d
}

// queued reads the courier's queue.
func queued(t *testing.T, dir string) []queue.Item {
	t.Helper()
	q, err := queue.Open(filepath.Join(dir, "courier", "queue.db"), queue.Options{})
	if err != nil || q.Aside != "" {
		t.Fatalf("%v, set aside %q", err, q.Aside)
	}
	defer q.Close()
	if err := q.Check(); err != nil {
		t.Fatal(err)
	}
	items, err := q.Peek(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// check follows the chain of the records, and holds the log against what they say of it.
func (d *device) check(t *testing.T, signed [][]byte) {
	t.Helper()
	var previous record.Hash
	var boot [16]byte
	var seen []devicelog.State
	next := uint32(0)
	for i, b := range signed {
		r, err := record.Open(d.key, b)
		if err != nil {
			t.Fatal(err)
		}
		if r.Boot != boot {
			boot, next = r.Boot, 0
		}
		if r.Sequence != next || r.Previous != previous {
			t.Fatalf("record %d has sequence %d, want %d, and previous %x, want %x", i, r.Sequence, next, r.Previous[:4], previous[:4])
		}
		if !r.Simulated || r.Camera.Kind != "camera" || len(b) != len(signed[0]) {
			t.Fatalf("record %d of %d bytes does not say what it is: %+v", i, len(b), r)
		}
		if r.Log.Entries > 0 {
			seen = append(seen, devicelog.State{Number: r.Log.Entries, Head: devicelog.Hash(r.Log.Head)})
		}
		previous, next = record.HashOf(b), next+1
		d.records = append(d.records, r)
	}
	if faults := devicelog.Verify(d.entries, d.key, "sim", 1, seen...); len(d.records) > 0 && d.records[0].Device == "sim" && len(faults) > 0 {
		t.Fatalf("log of %d entries: %v", len(d.entries), faults)
	}
	if n := len(d.records); n > 0 {
		d.forward += d.records[n-1].Lines[0].TotalForward
		d.backward += d.records[n-1].Lines[0].TotalBackward
	}
}

// stored is what the courier has.
func stored(t *testing.T, dir string) (records int) {
	t.Helper()
	for _, it := range queued(t, dir) {
		if uint8(it.Kind) == clerk.Record {
			records++
		}
	}
	return records
}
