package clerk

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
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
	opts  ledger.Options
	c     *Clerk
	open  []byte
	now   time.Time
}

// quick is a folder in memory where the machine has one: hundreds of intervals, each of which is made
// durable. What a disk does to a ledger is for firmware/warden/ledger to test.
func quick(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "tellijn-clerk-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func newDevice(t *testing.T, name string, post *room.Post, key sign.Key) *device {
	t.Helper()
	place, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	d := &device{t: t, path: filepath.Join(quick(t), name, "ledger.db"), now: morning}
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
	l, err := ledger.Open(d.path, d.opts)
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
		r, err := record.Open(d.s.Desk.Key.Public(), d.c.Told)
		if err != nil {
			t.Fatal(err)
		}
		if random.IntN(20) == 0 {
			d.start()
			restarts++
		}
		last, carried := r.Lines[0], d.c.Carried[0]
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
