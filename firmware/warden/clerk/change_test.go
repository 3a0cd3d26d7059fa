package clerk

import (
	"testing"
	"time"

	"tellijn/firmware/warden/book"
	"tellijn/privacy/record"
)

// last is the newest record, opened.
func (d *device) last() record.Record {
	d.t.Helper()
	r, err := record.Open(d.s.Desk.Key.Public(), d.c.Told)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// two is an interval of a device with two lines.
func (d *device) two(first, second uint32) book.Closed {
	i := d.interval(first, 0)
	i.Lines = []book.Line{{Forward: first}, {Forward: second}}
	return i
}

// take has the clerk make records of an interval, and of those that wait for other doors too.
func (d *device) take(i book.Closed) {
	d.t.Helper()
	err := d.c.Take([]book.Closed{i}, d.stamp())
	at := d.stamp()
	at.Now = at.Now.Add(5 * time.Minute)
	if err == nil {
		err = d.c.Take(nil, at)
	}
	if err != nil || d.c.Waiting() != 0 {
		d.t.Fatal(err, d.c.Waiting())
	}
}

// TestJoinsRoom has devices of two lines that become head and door of a room: what both lines carried waits in
// the one of the room, and no total falls, there and back.
func TestJoinsRoom(t *testing.T) {
	head, door := pair(t)
	for _, d := range []*device{head, door} {
		post := d.s.Desk.Post
		d.s.Desk.Post, d.s.Desk.Room, d.s.Desk.Lines = nil, "", 2
		d.now = morning.Add(5 * time.Hour)
		d.start()
		for range 4 {
			d.take(d.two(20, 20))
		}
		before := d.last().Lines
		if before[0].TotalForward == 0 || before[1].TotalForward == 0 || d.c.Carried[1].Forward == 0 {
			t.Fatalf("%+v, carried %+v: this test tests nothing", before, d.c.Carried)
		}
		check := func(what string) {
			t.Helper()
			after, carried := d.last().Lines, uint32(0)
			for l := range after {
				carried += d.c.Carried[l].Forward
				if after[l].TotalForward < before[l].TotalForward {
					t.Errorf("%s %s: the total of line %d fell from %d to %d", d.s.Desk.Device, what, l+1, before[l].TotalForward, after[l].TotalForward)
				}
				carried += after[l].TotalForward
			}
			if carried != 160 {
				t.Errorf("%s %s: %d released or carried, want 160", d.s.Desk.Device, what, carried)
			}
			before = after
		}
		d.s.Desk.Post, d.s.Desk.Room = post, "hall"
		d.start()
		if c := d.c.Carried; c[1] != (book.Line{}) {
			t.Errorf("%s: a line that leads into the room carries %+v by itself", d.s.Desk.Device, c)
		}
		if d == head {
			d.take(d.two(0, 0))
			check("in a room")
		} else {
			for range 4 { // no receipt comes, so in the end it is alone
				d.take(d.two(0, 0))
			}
			// What it carried went to the head with its first tally, with the totals left here.
			if r := d.last(); r.Rule.Mode != record.ModeAlone || r.Lines[1].TotalForward < before[1].TotalForward {
				t.Errorf("%+v, %+v", r.Rule, r.Lines)
			}
			continue
		}
		d.s.Desk.Post, d.s.Desk.Room = nil, ""
		d.start()
		d.take(d.two(0, 0))
		check("out of it again")
	}
}

// TestHeadNoMore cuts off a head with an interval that waits for other doors, and with one of them that it has
// booked. Then it is no head any more, and all of them stay counted.
func TestHeadNoMore(t *testing.T) {
	head, door := pair(t)
	head.now, door.now = morning.Add(5*time.Hour), morning.Add(5*time.Hour)
	door.count(7, 0)
	for _, it := range door.c.Items(0, 100) {
		if it.Kind == Envelope {
			if err := head.c.Inward(it.Bytes); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := head.c.Take([]book.Closed{head.interval(50, 3)}, head.stamp()); err != nil || head.c.Waiting() != 1 {
		t.Fatal(err, head.c.Waiting())
	}
	head.start() // another time as a head: it goes on waiting
	if err := head.c.Checkpoint(head.stamp()); err != nil {
		t.Fatal(err)
	}
	head.s.Desk.Post, head.s.Desk.Room = nil, ""
	head.start()
	for range 8 {
		head.count(0, 0)
	}
	l, c := head.last().Lines[0], head.c.Carried[0]
	if l.TotalForward+c.Forward != 57 || l.TotalBackward+c.Backward != 3 {
		t.Errorf("released %+v and carried %+v of 57 and 3", l, c)
	}
}

// TestLineNoMore takes a line out of the configuration: what was counted there waits for it.
func TestLineNoMore(t *testing.T) {
	d := newDevice(t, "d", nil, key(1))
	d.c.Late([8]book.Line{2: {Forward: 9, Backward: 4}})
	d.count(0, 0)
	d.s.Desk.Lines = 3
	d.start()
	if c := d.c.Carried[2]; c != (book.Line{Forward: 9, Backward: 4}) {
		t.Errorf("carried %+v", c)
	}
}
