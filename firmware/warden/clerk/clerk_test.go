package clerk

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"tellijn/counting/tally"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/ledger"
	"tellijn/hal/camera"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/room"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
	"tellijn/privacy/wire"
)

// morning is a Monday in summer, before the doors open.
var morning = time.Date(2026, 6, 1, 5, 0, 0, 0, time.UTC)

// device is a clerk with its file, which can be cut off and started again.
type device struct {
	t     *testing.T
	path  string
	s     Setup
	boots byte
	c     *Clerk
	open  []byte
	now   time.Time
}

func newDevice(t *testing.T, name string, post *room.Post, key sign.Key) *device {
	t.Helper()
	place, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	d := &device{t: t, path: filepath.Join(t.TempDir(), name, "ledger.db"), now: morning}
	d.s = Setup{Keep: func() []byte { return d.open }, Desk: desk.Setup{Device: name, Driver: "v4l2", Lines: 1, Zones: 1,
		Policy: release.Default(), Location: place, Key: key, Secret: [32]byte{9}, Post: post}}
	if post != nil {
		d.s.Desk.Room = "hall"
	}
	d.start()
	return d
}

// start starts it, or starts it again after whatever the last one did.
func (d *device) start() {
	d.t.Helper()
	if d.s.Ledger != nil {
		d.s.Ledger.Close()
	}
	l, err := ledger.Open(d.path, ledger.Options{})
	if err != nil || l.Aside != "" {
		d.t.Fatal(err, l.Aside)
	}
	d.t.Cleanup(func() { l.Close() })
	d.boots++
	d.s.Ledger, d.s.Desk.Boot = l, [16]byte{d.boots}
	if d.c, _, err = New(d.s); err != nil {
		d.t.Fatal(err)
	}
	d.c.Eye([32]byte{7})
}

func (d *device) stamp() Stamp {
	return Stamp{Now: d.now, Clock: record.ClockKnown, Uptime: d.now.Sub(morning) + time.Second}
}

// interval is a quarter of an hour with these crossings, which ends now.
func (d *device) interval(forward, backward uint32) book.Closed {
	from := d.now
	d.now = d.now.Add(15 * time.Minute)
	return book.Closed{From: from, To: d.now, Lines: []book.Line{{Forward: forward, Backward: backward}}, Inside: []uint16{uint16(forward % 64)},
		Cycles: 22_400, Expected: 22_500, Lifetime: tally.Lifetime{Worst: 3100, P999: 900},
		Stream: wire.Stream{Pixel: camera.YUYV, Width: 640, Height: 480, Interval: 40 * time.Millisecond}}
}

func (d *device) count(forward, backward uint32) {
	d.t.Helper()
	if err := d.c.Take([]book.Closed{d.interval(forward, backward)}, d.stamp()); err != nil {
		d.t.Fatal(err)
	}
}

// records reads all that waits for the courier.
func (d *device) records() (out []record.Record, raw [][]byte) {
	d.t.Helper()
	for _, it := range d.c.Items(0, 1<<20) {
		if it.Kind != Record {
			continue
		}
		r, err := record.Open(d.s.Desk.Key.Public(), it.Bytes)
		if err != nil || r.Sequence != it.Sequence || r.Boot != it.Boot {
			d.t.Fatalf("%+v: %v", it, err)
		}
		out, raw = append(out, r), append(raw, it.Bytes)
	}
	return out, raw
}

func key(n byte) sign.Key { return sign.NewKey([32]byte{n}) }

// TestNothingIsLost has days of a door with restarts in between: at every moment what was released and
// what is carried add up to what was counted.
func TestNothingIsLost(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	d := newDevice(t, "d", nil, key(1))
	var in, out uint64
	restarts := 0
	for range 3 * 96 {
		f, b := uint32(0), uint32(0)
		if h := d.now.Hour(); h > 7 && h < 18 {
			f, b = random.Uint32N(30), random.Uint32N(30)
		}
		d.count(f, b)
		in, out = in+uint64(f), out+uint64(b)
		if random.IntN(20) == 0 {
			d.start()
			restarts++
		}
		rs, _ := d.records()
		last, carried := rs[len(rs)-1].Lines[0], d.c.Carried[0]
		if uint64(last.TotalForward)+uint64(carried.Forward) != in || uint64(last.TotalBackward)+uint64(carried.Backward) != out {
			t.Fatalf("counted %d and %d; released %d and %d, carried %d and %d", in, out, last.TotalForward, last.TotalBackward, carried.Forward, carried.Backward)
		}
	}
	rs, raw := d.records()
	if len(rs) != 3*96 || restarts < 3 || rs[len(rs)-1].Lines[0].TotalForward == 0 {
		t.Fatalf("%d records, %d restarts, %+v", len(rs), restarts, rs[len(rs)-1].Lines[0])
	}
	previous := record.Hash{}
	for i, r := range rs {
		if r.Previous != previous || len(raw[i]) != len(raw[0]) || i > 0 && r.Boot == rs[i-1].Boot && r.Sequence != rs[i-1].Sequence+1 {
			t.Fatalf("record %d of %d bytes: %+v", i, len(raw[i]), r)
		}
		previous = record.HashOf(raw[i])
	}
	if r := rs[50]; r.Coverage != 99 || r.Lifetime != (record.Lifetime{Worst: 5, P999: 1}) || r.Rule.Mode != record.ModeOneDoor || r.Interval != 900 {
		t.Errorf("%+v", r)
	}
}

// TestAlone has nobody but one person at eight in the evening: no record differs from that of a day
// without anybody, but for the weekly pairs of another day.
func TestAlone(t *testing.T) {
	var told [2][]record.Record
	for i := range told {
		d := newDevice(t, "d", nil, key(1))
		for range 2 * 96 {
			n := uint32(0)
			if i == 1 && d.now.Equal(morning.Add(13*time.Hour)) {
				n = 1
			}
			d.count(n, n)
		}
		told[i], _ = d.records()
	}
	for i := range told[0] {
		a, b := told[0][i], told[1][i]
		a.Previous, b.Previous, a.Log, b.Log = record.Hash{}, record.Hash{}, record.Log{}, record.Log{}
		x, _ := record.Encode(&a)
		y, _ := record.Encode(&b)
		if !bytes.Equal(x, y) {
			t.Fatalf("record %d shows somebody: %+v, %+v", i, a, b)
		}
	}
}

// TestNoRoom has a ledger that takes nothing for three intervals.
func TestNoRoom(t *testing.T) {
	d := newDevice(t, "d", nil, key(1))
	d.count(5, 0)
	d.s.Ledger.Close() // nothing can be stored from here on
	for range 3 {
		if err := d.c.Take([]book.Closed{d.interval(4, 0)}, d.stamp()); !errors.Is(err, ErrStore) {
			t.Fatal(err)
		}
	}
	if d.c.Waiting() != 3 {
		t.Fatalf("%d wait", d.c.Waiting())
	}
	l, err := ledger.Open(d.path, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d.c.s.Ledger, d.s.Ledger = l, l
	if err := d.c.Take(nil, d.stamp()); err != nil {
		t.Fatal(err)
	}
	rs, _ := d.records()
	if c := d.c.Carried[0]; len(rs) != 4 || rs[3].Sequence != 3 || uint32(c.Forward)+rs[3].Lines[0].TotalForward != 17 {
		t.Fatalf("%d records, %+v carried", len(rs), c)
	}
}

// The marks that would betray a lone person are told once a week, of the week before.
func TestMarks(t *testing.T) {
	d := newDevice(t, "d", nil, key(1))
	for range 5 * 96 {
		i := d.interval(0, 0)
		if i.From.Equal(morning.Add(16 * time.Hour)) {
			i.Quality = tally.Relit | tally.Full
		}
		if err := d.c.Take([]book.Closed{i}, d.stamp()); err != nil {
			t.Fatal(err)
		}
	}
	rs, _ := d.records()
	var relit, full []time.Time
	for _, r := range rs {
		if r.Quality&tally.Relit != 0 {
			relit = append(relit, time.Unix(r.From, 0).UTC())
		}
		if r.Quality&tally.Full != 0 {
			full = append(full, time.Unix(r.From, 0).UTC())
		}
	}
	if len(full) != 1 || !full[0].Equal(morning.Add(16*time.Hour)) || len(relit) != 1 || relit[0].Sub(morning) < 24*time.Hour || relit[0].Hour() != 5 || relit[0].Minute() != 30 {
		t.Errorf("relit %v, full %v", relit, full)
	}
}

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
				if err := to.c.Inward(it.Bytes, to.now); err != nil && room.Alarming(err) {
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
