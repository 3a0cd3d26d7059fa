package desk

import (
	"testing"
	"time"

	"tellijn/firmware/warden/book"
	"tellijn/privacy/record"
	"tellijn/privacy/room"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
)

// side is a device of a room with its state and its last record.
type side struct {
	t *testing.T
	s Setup
	n State
	r record.Record
}

// pair makes a room with a head and another door.
func pair(t *testing.T) (head, door *side) {
	t.Helper()
	m := room.Members{Room: "hall", Head: "a"}
	var signs [2]sign.Key
	var seals [2]seal.Key
	for i, name := range []string{"a", "b"} {
		var err error
		signs[i] = sign.NewKey([32]byte{byte(i + 1)})
		if seals[i], err = seal.NewKey([32]byte{5: byte(i + 1)}); err != nil {
			t.Fatal(err)
		}
		m.Doors = append(m.Doors, room.Member{Device: name, Sign: signs[i].Public(), Seal: seals[i].Public()})
	}
	var all [2]*side
	for i, name := range []string{"a", "b"} {
		post, err := room.NewPost(m, name, signs[i], seals[i])
		if err != nil {
			t.Fatal(err)
		}
		s := setup()
		s.Device, s.Lines, s.Key, s.Room, s.Post = name, 1, signs[i], "hall", post
		all[i] = &side{t: t, s: s}
		all[i].n.Configured(&all[i].s)
	}
	return all[0], all[1]
}

// close makes the record of an interval, and gives its envelopes.
func (d *side) close(from time.Time, forward, backward uint32) (letters [][]byte) {
	d.t.Helper()
	i := interval(from, forward, backward)
	i.Lines = i.Lines[:d.s.Lines]
	signed, letters, err := d.s.Make(&d.n, &i, 0, record.Log{}, Stamp{Now: i.To, Clock: record.ClockKnown})
	if err == nil {
		d.r, err = record.Open(d.s.Key.Public(), signed)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return letters
}

// hear takes envelopes of another door.
func (d *side) hear(letters [][]byte) {
	d.t.Helper()
	for _, b := range letters {
		if _, err := d.n.Head.Receive(d.s.Post, b); err != nil {
			d.t.Fatal(err)
		}
	}
}

// all is what was released and what is carried.
func (d *side) all() (forward, backward uint32) {
	f, b := d.n.Lines[0].Carried()
	return uint32(f) + d.n.Lines[0].TotalForward(), uint32(b) + d.n.Lines[0].TotalBackward()
}

// TestYesterday has tallies that come late. Who was counted before everybody went home is inside no more; who
// was counted this morning is, an interval later too.
func TestYesterday(t *testing.T) {
	head, door := pair(t)
	head.hear(door.close(nine.Add(-13*time.Hour), 20, 0))
	head.close(nine, 0, 0)
	if l := head.r.Lines[0]; l.Level != 0 || l.Forward != 0 {
		t.Errorf("people of yesterday evening are inside at nine: %+v", l)
	}
	head.hear(door.close(nine, 20, 0))
	head.close(nine.Add(15*time.Minute), 0, 0)
	if l := head.r.Lines[0]; l.Level != 18 || l.Forward != 18 {
		t.Errorf("people of this morning are not inside: %+v", l)
	}
	if f, _ := head.all(); f != 40 {
		t.Errorf("%d of 40 released or carried", f)
	}
}

// TestAdoptedInTheMorning has a head that was off for the night, and a door that showed people of its own this
// morning before it joined the room: they are of today.
func TestAdoptedInTheMorning(t *testing.T) {
	head, door := pair(t)
	post := door.s.Post
	head.close(nine.Add(-24*time.Hour), 0, 0)
	door.s.Post, door.s.Room = nil, ""
	door.close(nine.Add(-time.Hour), 40, 0)
	shown := door.r.Lines[0].Level
	door.s.Post, door.s.Room = post, "hall"
	door.n.Configured(&door.s)
	head.hear(door.close(nine.Add(-45*time.Minute), 0, 0))
	head.close(nine, 0, 0)
	if shown == 0 || head.r.Lines[0].Level != shown {
		t.Errorf("the door showed %d inside, the room shows %d", shown, head.r.Lines[0].Level)
	}
}

// TestAloneIsADoor: a door without a head has people come by it who leave by another, so it is no room of its
// own, and says less.
func TestAloneIsADoor(t *testing.T) {
	_, door := pair(t)
	from := nine
	for range room.Patience + 1 {
		door.close(from, 0, 0)
		from = from.Add(15 * time.Minute)
	}
	door.close(from, 6, 0)
	if door.r.Rule.Mode != record.ModeAlone || door.r.Lines[0] != (record.Line{}) {
		t.Errorf("six in an hour show: %+v, %+v", door.r.Rule, door.r.Lines[0])
	}
	door.close(from.Add(15*time.Minute), 30, 0)
	if door.r.Lines[0].Forward == 0 {
		t.Errorf("thirty more do not: %+v", door.r.Lines[0])
	}
}

// TestRestored has counts that waited when the power was cut: whatever the device is by now, both ways go into
// what comes next.
func TestRestored(t *testing.T) {
	head, door := pair(t)
	alone := &side{t: t, s: setup()}
	for _, d := range []*side{head, door, alone} {
		d.n.Wait = [2]uint32{7, 4}
		if err := d.n.Read(d.n.Bytes()); err != nil || d.n.Restored != [2]uint32{7, 4} {
			t.Fatal(err, d.n.Restored)
		}
		letters := d.close(nine, 1, 1)
		if d == door {
			if d.r.Rule.Mode != record.ModeMember {
				t.Fatalf("%+v", d.r.Rule)
			}
			head.hear(letters)
			head.close(nine.Add(15*time.Minute), 0, 0)
			d = head
		}
		want := [2]uint32{8, 5}
		if d == head && d.r.From > nine.Unix() {
			want = [2]uint32{16, 10} // with those of the door
		}
		if f, b := d.all(); [2]uint32{f, b} != want || d.n.Restored != [2]uint32{} {
			t.Errorf("%s: %d and %d released or carried, want %v; %v left", d.r.Device, f, b, want, d.n.Restored)
		}
	}
}

// TestPart has the first interval of a boot, which begins somewhere in a quarter of an hour: what is released
// would be of fewer minutes than the rule is for.
func TestPart(t *testing.T) {
	head, _ := pair(t)
	alone := &side{t: t, s: setup()}
	for _, d := range []*side{head, alone} {
		d.close(nine, 20, 0)
		before := d.r.Lines[0]
		i := interval(nine.Add(28*time.Minute), 30, 6)
		i.To = nine.Add(30 * time.Minute)
		i.Lines = i.Lines[:d.s.Lines]
		signed, _, err := d.s.Make(&d.n, &i, 1, record.Log{}, Stamp{Now: i.To, Clock: record.ClockKnown})
		if err != nil {
			t.Fatal(err)
		}
		if d.r, err = record.Open(d.s.Key.Public(), signed); err != nil {
			t.Fatal(err)
		}
		want := record.Line{Level: before.Level, TotalForward: before.TotalForward, TotalBackward: before.TotalBackward}
		if d.r.Lines[0] != want || before.Level == 0 {
			t.Errorf("two minutes give %+v, want %+v", d.r.Lines[0], want)
		}
		if f, b := d.all(); f != 50 || b != 6 {
			t.Errorf("%d and %d released or carried of 50 and 6", f, b)
		}
		d.close(nine.Add(30*time.Minute), 0, 0)
		if d.r.Lines[0].Forward == 0 {
			t.Errorf("what was carried over a part does not come with the next: %+v", d.r.Lines[0])
		}
	}
}

// Each line has a secret of its own: two that carried the same would otherwise release the same pairs, and
// one that carried one more would show it.
func TestSecrets(t *testing.T) {
	d := &side{t: t, s: setup()}
	i := interval(nine, 500, 500)
	i.Lines[1] = book.Line{Forward: 500, Backward: 500}
	make1(t, &d.s, &d.n, i)
	d.close(nine.Add(7*24*time.Hour-90*time.Minute), 0, 0)
	a, b := d.r.Lines[0], d.r.Lines[1]
	if a.CorrectedForward == 0 || b.CorrectedForward == 0 || a == b {
		t.Errorf("pairs of two lines: %+v, %+v", a, b)
	}
}
