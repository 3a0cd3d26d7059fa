package intake_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/room/message"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/enrol"
	"tellijn/tools/collector/intake"
)

// hall is a room with a head and two doors, and a device in another room.
func hall(t *testing.T) (c *collectortest.Collector, head, east, west, far *collectortest.Device) {
	c = collectortest.New(t)
	for name, p := range map[string]**collectortest.Device{"head": &head, "east": &east, "west": &west, "far": &far} {
		d := collectortest.NewDevice(t, name, collectortest.Start())
		d.Room = "hall"
		if name == "far" {
			d.Room = "attic"
		}
		c.Enrol(d, name == "head" || name == "far")
		*p = d
	}
	return c, head, east, west, far
}

func poll(c *collectortest.Collector, d *collectortest.Device) [][]byte {
	_, mail := c.Open(d.Pack())
	return mail
}

// A tally is held through any number of answers until the head says that it has booked it, and comes in
// order, no door before another.
func TestTalliesAreHeld(t *testing.T) {
	c, head, east, west, _ := hall(t)
	var sent [][]byte
	for n := uint32(1); n <= 12; n++ {
		sent = append(sent, east.Tally("head", n))
	}
	got, mail := c.Open(east.Pack(sent[3], sent[1], sent[0]))
	want(t, got, 0, 0, 0)
	if len(mail) != 0 {
		t.Errorf("the door gets %d envelopes", len(mail))
	}
	c.Open(east.Pack(sent...))
	w := west.Tally("head", 1)
	c.Open(west.Pack(w))
	for range 2 {
		if mail := poll(c, head); len(mail) != 13 || !bytes.Equal(mail[0], sent[0]) || !bytes.Equal(mail[1], w) || !bytes.Equal(mail[12], sent[11]) {
			t.Fatalf("%d envelopes for the head", len(mail))
		}
	}
	if b := head.Pack(); len(poll(c, west)) != 0 {
		t.Error(b)
	}
	// What was booked goes, and the receipt waits for its door.
	r := head.Booked("east", 10, message.Bond{1})
	got, mail = c.Open(head.Pack(r))
	want(t, got, 0)
	if len(mail) != 3 || !bytes.Equal(mail[0], sent[10]) {
		t.Errorf("%d envelopes are held, want 3", len(mail))
	}
	if mail := poll(c, east); len(mail) != 1 || !bytes.Equal(mail[0], r) {
		t.Errorf("%d receipts", len(mail))
	}
	// An older receipt that comes late does not take its place; one of other keys does.
	got, _ = c.Open(head.Pack(head.Booked("east", 9, message.Bond{1})))
	want(t, got, 0)
	if mail := poll(c, east); len(mail) != 1 || !bytes.Equal(mail[0], r) {
		t.Error("an older receipt took the place of a newer one")
	}
	fresh := head.Booked("east", 0, message.Bond{2})
	c.Open(head.Pack(fresh))
	if mail := poll(c, east); len(mail) != 1 || !bytes.Equal(mail[0], fresh) {
		t.Error("the receipt of new keys does not come")
	}
	if mail := poll(c, head); len(mail) != 3 {
		t.Errorf("%d envelopes are held, want 3", len(mail))
	}
}

// Without poll nothing comes.
func TestOnlyWhoAsks(t *testing.T) {
	c, head, east, _, _ := hall(t)
	c.Open(east.Pack(east.Tally("head", 1)))
	b := head.Pack()
	b.Poll = false
	if _, mail := c.Open(b); len(mail) != 0 {
		t.Error("envelopes came unasked")
	}
}

func TestEnvelopesRefused(t *testing.T) {
	c, head, east, west, far := hall(t)
	outside := *far
	outside.Room = "hall"
	forged := *head
	forged.Key = east.Key
	for name, tc := range map[string]struct {
		from *collectortest.Device
		b    []byte
		why  batch.Reason
	}{
		"as another device":             {west, east.Tally("head", 1), batch.Device},
		"a tally to a door":             {east, east.Tally("west", 1), batch.Room},
		"a tally to another room":       {east, east.Tally("far", 1), batch.Room},
		"to a device that is not":       {east, east.Tally("nobody", 1), batch.Room},
		"a room that it is not in":      {far, outside.Tally("head", 1), batch.Room},
		"a receipt by a door":           {east, east.Booked("west", 1, message.Bond{}), batch.Room},
		"a receipt with another key":    {head, forged.Booked("east", 1, message.Bond{}), batch.Signature},
		"a receipt cut off":             {head, head.Booked("east", 1, message.Bond{})[:60], batch.Form},
		"a receipt with another number": {head, bytes.Replace(head.Booked("east", 7, message.Bond{}), []byte{7, 0x58}, []byte{9, 0x58}, 1), batch.Form},
	} {
		got, _ := c.Open(tc.from.Pack(tc.b))
		if r := collectortest.Reasons(got); !slices.Equal(r, []batch.Reason{tc.why}) {
			t.Errorf("%s: %v, want %v", name, r, tc.why)
		}
	}
	for _, d := range []*collectortest.Device{head, east, west, far} {
		if mail := poll(c, d); len(mail) != 0 {
			t.Errorf("%s gets %d envelopes", d.Name, len(mail))
		}
	}
	if err := enrol.Revoke(c.Dir, "head", c.At); err != nil {
		t.Fatal(err)
	}
	got, _ := c.Open(east.Pack(east.Tally("head", 1)))
	want(t, got, batch.Room)
}

// A door cannot fill the collector, and does not take room from another door.
func TestHeldIsBounded(t *testing.T) {
	c, head, east, west, _ := hall(t)
	for n := uint32(1); n <= intake.MaxHeld; {
		var some [][]byte
		for ; len(some) < batch.MaxItems; n++ {
			some = append(some, east.Tally("head", n))
		}
		c.Open(east.Pack(some...))
	}
	got, _ := c.Open(east.Pack(east.Tally("head", intake.MaxHeld+1)))
	want(t, got, batch.Full)
	got, _ = c.Open(west.Pack(west.Tally("head", 1)))
	want(t, got, 0)
	c.At = c.At.Add(intake.HoldFor)
	if n, err := c.Sweep(); err != nil || n != 0 {
		t.Errorf("%d envelopes went at their last moment, %v", n, err)
	}
	c.At = c.At.Add(time.Second)
	if n, err := c.Sweep(); err != nil || n != intake.MaxHeld+1 {
		t.Errorf("%d envelopes went, %v", n, err)
	}
	if mail := poll(c, head); len(mail) != 0 {
		t.Errorf("%d envelopes stay", len(mail))
	}
}
