package clerk

import (
	"math/rand/v2"
	"testing"
	"time"

	"tellijn/firmware/warden/book"
	"tellijn/privacy/record"
	"tellijn/privacy/room"
	"tellijn/privacy/room/seal"
)

// pair makes a room with a head and another door.
func pair(t *testing.T) (head, door *device) {
	t.Helper()
	m := room.Members{Room: "hall", Head: "a"}
	var seals [2]seal.Key
	for i, name := range []string{"a", "b"} {
		var err error
		if seals[i], err = seal.NewKey([32]byte{5: byte(i + 1)}); err != nil {
			t.Fatal(err)
		}
		m.Doors = append(m.Doors, room.Member{Device: name, Sign: key(byte(i + 1)).Public(), Seal: seals[i].Public()})
	}
	var all [2]*device
	for i, name := range []string{"a", "b"} {
		p, err := room.NewPost(m, name, key(byte(i+1)), seals[i])
		if err != nil {
			t.Fatal(err)
		}
		all[i] = newDevice(t, name, p, key(byte(i+1)))
	}
	return all[0], all[1]
}

// TestRoom has people who come in by one door and leave by the other, a network that loses envelopes for
// hours and passes them on twice, and restarts of both. In the end nobody is missing or counted twice.
func TestRoom(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	head, door := pair(t)
	const days = 3
	passed := map[*device]uint64{}
	lost, alone, member, heard := 0, 0, 0, 0
	pass := func(from, to *device, works bool) {
		for _, it := range from.c.Items(passed[from], 1<<20) {
			passed[from] = it.Number
			if it.Kind != Envelope {
				continue
			}
			if !works {
				lost++
				continue
			}
			for range 1 + random.IntN(2) {
				if err := to.c.Inward(it.Bytes); err != nil && room.Alarming(err) {
					t.Fatal(err)
				}
			}
		}
	}
	var in, out uint32
	for n := range days * 96 {
		f, b := uint32(0), uint32(0)
		if h := head.now.Hour(); h > 7 && h < 17 && n < (days-1)*96 {
			f, b = random.Uint32N(20), random.Uint32N(20)
		}
		works := n%96 < 40 || n%96 > 60 || n >= (days-1)*96
		door.count(0, b) // out by this one
		pass(door, head, works)
		if err := head.c.Take([]book.Closed{head.interval(f, 0)}, head.stamp()); err != nil {
			t.Fatal(err)
		}
		if head.c.Waiting() != 1 {
			t.Fatalf("the head waits with %d intervals, want one", head.c.Waiting())
		}
		at := head.stamp()
		at.Now = at.Now.Add(room.Wait(15 * time.Minute))
		if random.IntN(30) == 0 {
			head.start() // with an interval that waits
		}
		if err := head.c.Take(nil, at); err != nil {
			t.Fatal(err)
		}
		pass(head, door, works)
		if random.IntN(30) == 0 {
			door.start()
		}
		in, out = in+f, out+b
	}
	hs, _ := head.records()
	ds, _ := door.records()
	for _, r := range hs {
		if r.Rule.Mode != record.ModeRoom || r.Rule.Room != "hall" || r.Rule.Doors != 2 {
			t.Fatalf("%+v", r.Rule)
		}
		if r.Rule.Heard == 2 {
			heard++
		}
	}
	for _, r := range ds {
		switch r.Rule.Mode {
		case record.ModeAlone:
			alone++
		case record.ModeMember:
			member++
		}
	}
	h, d := hs[len(hs)-1].Lines[0], ds[len(ds)-1].Lines[0]
	gotIn := h.TotalForward + d.TotalForward + head.c.Carried[0].Forward + door.c.Carried[0].Forward
	gotOut := h.TotalBackward + d.TotalBackward + head.c.Carried[0].Backward + door.c.Carried[0].Backward
	if gotIn != in || gotOut != out || door.c.state.Door.Kept() > 1 {
		t.Errorf("counted %d and %d, found %d and %d; the door keeps %d", in, out, gotIn, gotOut, door.c.state.Door.Kept())
	}
	if lost < 50 || alone < 20 || member < 150 || heard < 150 || d.TotalBackward == 0 {
		t.Errorf("%d envelopes lost, %d intervals alone, %d as a member, %d heard: this test tests too little", lost, alone, member, heard)
	}
	t.Logf("%d in, %d out; %d envelopes lost, %d intervals alone, %d as a member, %d heard", in, out, lost, alone, member, heard)
}
