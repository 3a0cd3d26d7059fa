package clerk

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"tellijn/counting/tally"
	"tellijn/firmware/warden/book"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
)

// diary is a device with the book that its clerk keeps.
type diary struct {
	*device
	book  *book.Book
	frame uint32
}

// boot starts it, after a power cut from the second time on.
func (d *diary) boot() {
	d.t.Helper()
	var err error
	d.book, err = book.New(book.Setup{Interval: 15 * time.Minute, Location: d.s.Desk.Location, Lines: 1, Zones: 1, Factor: 1, Grace: 3 * time.Second}, d.now)
	if err != nil {
		d.t.Fatal(err)
	}
	d.s.Keep, d.s.Kept = d.book.Keep, func() { d.book.Changed = false }
	d.start()
	if kept := d.c.Kept(); kept != nil {
		if err := d.book.Resume(kept); err != nil {
			d.t.Fatal(err)
		}
	}
	d.frame = 0
}

// minute has this many people come and go, and keeps the open interval if that changed it, as watch does.
func (d *diary) minute(people uint32) {
	d.t.Helper()
	d.now = d.now.Add(time.Minute)
	m := &wire.Message{Stream: wire.Stream{Pixel: camera.YUYV, Width: 640, Height: 480, Interval: 40 * time.Millisecond}}
	m.Tally = tally.Tally{From: d.frame, To: d.frame + 1500, Cycles: 1500}
	m.Tally.Lines[0] = tally.Line{Forward: people, Backward: people}
	d.frame += 1500
	closed, err := d.book.Add(m, d.now)
	if err == nil {
		err = d.c.Take(closed, d.stamp())
	}
	if err == nil && d.book.Changed {
		err = d.c.Checkpoint(d.stamp())
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// TestCutTellsNothing cuts the power in an interval with nobody and in one with one person. Signatures come
// out the same each time, so records of both worlds must be the same bytes, and so must the time below which
// the clock does not start.
func TestCutTellsNothing(t *testing.T) {
	for _, off := range []time.Duration{time.Minute, 70 * time.Minute, 50 * time.Hour} {
		var told [2][][]byte
		var floors [2]time.Time
		for people := range told {
			d := &diary{device: newDevice(t, "d", nil, key(1))}
			d.now = morning.Add(5 * time.Hour)
			d.boot()
			for n := range 20 {
				if n == 17 {
					d.minute(uint32(people))
				} else {
					d.minute(0)
				}
			}
			d.now = d.now.Add(off)
			d.boot()
			floors[people] = Floor(d.s.Ledger)
			for range 40 {
				d.minute(0)
			}
			_, told[people] = d.records()
			if got := d.c.Carried[0]; got != (book.Line{Forward: uint32(people), Backward: uint32(people)}) {
				t.Errorf("off for %v: %+v carried of %d", off, got, people)
			}
		}
		if len(told[0]) < 4 || !slices.EqualFunc(told[0], told[1], bytes.Equal) {
			t.Errorf("off for %v: %d records with nobody, %d with one person, and not the same", off, len(told[0]), len(told[1]))
		}
		if floors[0] != floors[1] || floors[0] != morning.Add(5*time.Hour+15*time.Minute) {
			t.Errorf("off for %v: the clock starts at %v after nobody, at %v after one person", off, floors[0], floors[1])
		}
	}
}

// TestOpenIsKept cuts the power of a busy door between two records: what was kept of the open interval goes
// on, and an orderly end keeps the time too.
func TestOpenIsKept(t *testing.T) {
	d := &diary{device: newDevice(t, "d", nil, key(1))}
	d.now = morning.Add(5 * time.Hour)
	d.boot()
	for range 20 {
		d.minute(2)
	}
	d.boot()
	if kept, err := book.Counts(d.c.Kept()); err != nil || kept[0] != (book.Line{Forward: 10, Backward: 10}) {
		t.Errorf("%v, %+v kept of the five minutes since the record", err, kept[0])
	}
	if err := d.c.Close(d.stamp()); err != nil || Floor(d.s.Ledger) != d.now {
		t.Errorf("%v, the clock starts at %v after an end at %v", err, Floor(d.s.Ledger), d.now)
	}
}

// TestCutRoom cuts the power of a head and of a door that took an envelope since their last record. Whether
// they remember it must not depend on somebody having been counted: the other side would see that.
func TestCutRoom(t *testing.T) {
	var told [2][][]byte
	for people := range told {
		head, door := pair(t)
		head.now, door.now = morning.Add(5*time.Hour), morning.Add(5*time.Hour)
		pass := func(from, to *device) {
			for _, it := range from.c.Items(0, 1<<20) {
				if it.Kind == Envelope {
					_ = to.c.Inward(it.Bytes)
				}
			}
		}
		intervals := func() {
			door.count(0, 0)
			if err := head.c.Take([]book.Closed{head.interval(0, 0)}, head.stamp()); err != nil {
				t.Fatal(err)
			}
			at := head.stamp()
			at.Now = at.Now.Add(5 * time.Minute)
			if err := head.c.Take(nil, at); err != nil {
				t.Fatal(err)
			}
		}
		intervals()
		pass(door, head)
		cut := func(d *device) {
			if err := d.c.Flush(); err != nil { // as each tick does
				t.Fatal(err)
			}
			if people > 0 {
				d.open = []byte("somebody was counted")
				if err := d.c.Checkpoint(d.stamp()); err != nil {
					t.Fatal(err)
				}
			}
			d.start()
		}
		cut(head)
		intervals()
		pass(door, head) // it comes again, and is booked now if it was not
		intervals()
		pass(head, door)
		cut(door)
		intervals()
		for _, d := range []*device{head, door} {
			for _, it := range d.c.Items(0, 1<<20) {
				if it.Kind == Envelope && d == door { // sealed anew each time
					it.Bytes = nil
				}
				told[people] = append(told[people], append([]byte{it.Kind, it.Boot[0], byte(it.Sequence)}, it.Bytes...))
			}
		}
	}
	if !slices.EqualFunc(told[0], told[1], bytes.Equal) {
		t.Errorf("%d items with nobody, %d with one person, and not the same", len(told[0]), len(told[1]))
	}
}
