package clerk

import (
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/ledger"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/wire"
)

// entries is what lies in the log of the device, as a verifier reads it.
func (d *device) entries() (all []devicelog.Entry) {
	d.t.Helper()
	if err := d.c.Flush(); err != nil {
		d.t.Fatal(err)
	}
	_ = d.s.Ledger.View(func(tx *ledger.Tx) error {
		for _, e := range tx.Entries(1, 1<<20) {
			one, err := devicelog.Open(d.s.Desk.Key.Public(), e.Bytes)
			if err != nil {
				d.t.Fatal(err)
			}
			all = append(all, one)
		}
		return nil
	})
	return all
}

// TestUnmade has intervals of which no record can be made: those before and after are made all the same, and
// nobody is lost.
func TestUnmade(t *testing.T) {
	d := newDevice(t, "d", nil, key(1))
	d.now = morning.Add(5 * time.Hour)
	bad := d.interval(7, 2)
	bad.Stream = wire.Stream{} // no camera that a record could name
	good := d.interval(1, 0)
	if err := d.c.Take([]book.Closed{bad, good}, d.stamp()); err != nil {
		t.Fatal(err)
	}
	if rs, _ := d.records(); len(rs) != 1 || rs[0].Sequence != 0 || rs[0].From != good.From.Unix() || d.c.Unmade != 1 || d.c.Why == nil {
		t.Fatalf("%d records, %d unmade: %v", len(rs), d.c.Unmade, d.c.Why)
	}
	if l, c := d.last().Lines[0], d.c.Carried[0]; l.TotalForward+c.Forward != 8 || l.TotalBackward+c.Backward != 2 || d.c.Waiting() != 0 {
		t.Errorf("released %+v, carried %+v of 8 and 2, %d wait", l, c, d.c.Waiting())
	}
	bad = d.interval(3, 0)
	bad.Stream = wire.Stream{}
	if err := d.c.Take([]book.Closed{bad}, d.stamp()); err != nil || d.c.Unmade != 2 {
		t.Fatal(err, d.c.Unmade)
	}
	d.start() // what is carried is on disk
	d.count(0, 0)
	if l, c := d.last().Lines[0], d.c.Carried[0]; l.TotalForward+c.Forward != 11 {
		t.Errorf("after a power cut: released %+v, carried %+v of 11", l, c)
	}
}

// TestTooManyWait has more intervals than memory is for while nothing can be stored. The last takes in the
// rest.
func TestTooManyWait(t *testing.T) {
	d := newDevice(t, "d", nil, key(1))
	d.s.Ledger.Close() // nothing can be stored from here on
	var all []book.Closed
	for range MaxJobs + 28 {
		all = append(all, d.interval(1, 2))
	}
	if err := d.c.Take(all, d.stamp()); !errors.Is(err, ErrStore) || d.c.Waiting() != MaxJobs {
		t.Fatalf("%v, %d wait", err, d.c.Waiting())
	}
	l, err := ledger.Open(d.path, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d.c.s.Ledger, d.s.Ledger = l, l
	if err := d.c.Take(nil, d.stamp()); err != nil || d.c.Waiting() != 0 {
		t.Fatalf("%v, %d wait", err, d.c.Waiting())
	}
	if l, c := d.last().Lines[0], d.c.Carried[0]; l.TotalForward+c.Forward != MaxJobs+28 || l.TotalBackward+c.Backward != 2*(MaxJobs+28) {
		t.Errorf("released %+v, carried %+v of %d", l, c, MaxJobs+28)
	}
}

// TestDropped has a courier that takes nothing for longer than the ledger has room: that records are gone
// stands in those after them, and in the log, across a power cut too.
func TestDropped(t *testing.T) {
	d := newDevice(t, "d", nil, key(1))
	d.opts.MaxEach = 4
	d.start()
	for range 6 {
		d.count(0, 0)
	}
	rs, _ := d.records()
	if len(rs) != 4 || rs[0].Sequence != 2 || rs[3].Lost != 1 {
		t.Fatalf("%d records from %d on, lost %d; want the 4 newest, and 1 lost as the last was made", len(rs), rs[0].Sequence, rs[3].Lost)
	}
	for i, e := range d.entries() {
		if want := (devicelog.Event{Kind: devicelog.QueueDropped, A: 1}); e.Event() != want || i > 1 {
			t.Errorf("entry %d: %v", i, e.Event())
		}
	}
	if n := len(d.entries()); n != 2 {
		t.Errorf("%d entries, want one for each that was pushed out", n)
	}
	d.start()
	d.c.Lost(5) // and the courier's queue lost others
	d.count(0, 0)
	if r := d.last(); r.Lost != 7 {
		t.Errorf("lost %d, want the 2 of before and 5", r.Lost)
	}
	d.c.Lost(0) // a new queue, which knows of none
	d.count(0, 0)
	if r := d.last(); r.Lost != 7 {
		t.Errorf("lost %d after a new queue, want 7: it never falls", r.Lost)
	}
}

// TestLogFirst: a record says how far the log had come when it was made.
func TestLogFirst(t *testing.T) {
	d := newDevice(t, "d", nil, key(1))
	d.c.Enter(devicelog.Event{Kind: devicelog.HeadAway}, d.stamp())
	d.c.Enter(devicelog.Event{Kind: devicelog.HeadBack}, d.stamp())
	d.count(0, 0)
	items := d.c.Items(0, 10)
	if r := d.last(); len(items) != 3 || items[1].Kind != Log || items[2].Kind != Record || r.Log.Entries != 2 || r.Log.Head != sha256.Sum256(items[1].Bytes) {
		t.Errorf("the record names entry %d of %d items", r.Log.Entries, len(items))
	}
}
