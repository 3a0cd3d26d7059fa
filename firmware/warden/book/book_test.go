package book

import (
	"errors"
	"testing"
	"time"

	"tellijn/counting/tally"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
	"tellijn/privacy/record"
	"tellijn/privacy/wire"
)

var noon = time.Date(2026, 11, 22, 12, 0, 30, 0, time.UTC)

func setup(byFrames bool) Setup {
	s := Setup{Device: "d", Boot: [16]byte{1}, Interval: time.Minute, Lines: 1, Zones: 1,
		Driver: "v4l2", Previous: record.Hash{7}, ByFrames: byFrames, Grace: 2 * time.Second}
	if byFrames {
		s.Driver, s.Simulated = "sim", true
	}
	return s
}

func begin(t *testing.T, s Setup) *Book {
	t.Helper()
	b, err := New(s, noon)
	if err != nil {
		t.Fatal(err)
	}
	b.Eye([32]byte{1})
	return b
}

// second is the tally of one second at 25 frames a second.
func second(n uint32, forward uint32) *wire.Message {
	m := &wire.Message{Stream: wire.Stream{Pixel: camera.GREY, Width: 64, Height: 48, Interval: 40 * time.Millisecond, Held: layers.All}}
	m.Tally = tally.Tally{Number: n, From: 25 * n, To: 25*n + 25, Cycles: 25, Quality: tally.Crowded}
	m.Tally.Lines[0].Forward = forward
	m.Tally.Zones[0] = tally.Zone{Inside: uint16(n % 5), Peak: uint16(n%5 + 1)}
	return m
}

func decode(t *testing.T, all []Sealed) (out []record.Record) {
	t.Helper()
	for _, s := range all {
		r, err := record.Decode(s.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if r.Sequence != s.Sequence || r.From != s.From.Unix() || r.To != s.To.Unix() {
			t.Fatalf("record %+v sealed as %+v", r, s)
		}
		out = append(out, r)
	}
	return out
}

// chained checks sequence, chain, and that intervals do not overlap.
func chained(t *testing.T, previous record.Hash, all []Sealed) {
	t.Helper()
	for i, r := range decode(t, all) {
		if r.Sequence != uint32(i) || r.Previous != previous {
			t.Fatalf("record %d has sequence %d and previous %x, want %x", i, r.Sequence, r.Previous[:4], previous[:4])
		}
		if i > 0 && r.From < all[i-1].To.Unix() {
			t.Fatalf("record %d begins before record %d ends", i, i-1)
		}
		previous = record.HashOf(all[i].Bytes)
	}
}

func TestByFrames(t *testing.T) {
	b := begin(t, setup(true))
	var all []Sealed
	for n := range uint32(100) {
		out, err := b.Add(second(n, 1), time.Time{}) // no clock is asked
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out...)
	}
	if out := b.Tick(noon.Add(time.Hour)); out != nil {
		t.Fatal("a clock sealed an interval that goes by frames")
	}
	all = append(all, b.Finish(time.Time{})...)
	chained(t, record.Hash{7}, all)
	rs := decode(t, all)
	if len(rs) != 3 || rs[0].To-rs[0].From != 30 || rs[1].To-rs[1].From != 60 || rs[2].To-rs[2].From != 10 {
		t.Fatalf("%+v", rs)
	}
	if rs[1].Lines[0].Forward != 60 || rs[1].Coverage.Expected != 1500 || rs[1].Coverage.Cycles != 1500 || !rs[1].Simulated {
		t.Fatalf("%+v", rs[1])
	}
	if z := rs[0].Zones[0]; z.Inside != 29%5 || z.Peak != 5 {
		t.Fatalf("zone %+v", z)
	}
	if b.Totals[0].Forward != 100 || rs[0].Quality != tally.Crowded {
		t.Fatalf("total %d, quality %d", b.Totals[0].Forward, rs[0].Quality)
	}
}

// TestEyesOneAfterTheOther has three eyes of 10 s; the time goes on where the last one ended.
func TestEyesOneAfterTheOther(t *testing.T) {
	b := begin(t, setup(true))
	var all []Sealed
	for range 4 {
		b.Eye([32]byte{1})
		for n := range uint32(10) {
			out, err := b.Add(second(n, 1), time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, out...)
		}
	}
	all = append(all, b.Finish(time.Time{})...)
	chained(t, record.Hash{7}, all)
	if rs := decode(t, all); len(rs) != 2 || rs[0].Lines[0].Forward != 30 || rs[1].Lines[0].Forward != 10 {
		t.Fatalf("%+v", rs)
	}
}

func TestByClock(t *testing.T) {
	b := begin(t, setup(false))
	var all []Sealed
	for n := range uint32(180) {
		now := noon.Add(time.Duration(n+1)*time.Second + 20*time.Millisecond)
		if n < 60 || n >= 160 { // the eye does not run in between
			out, err := b.Add(second(n, 1), now)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, out...)
		}
		all = append(all, b.Tick(now)...)
	}
	all = append(all, b.Finish(noon.Add(180*time.Second))...)
	chained(t, record.Hash{7}, all)
	var forward, cycles, expected []uint32
	for _, r := range decode(t, all) {
		forward = append(forward, r.Lines[0].Forward)
		cycles = append(cycles, r.Coverage.Cycles)
		expected = append(expected, r.Coverage.Expected)
		if starved := r.Quality&tally.Starved != 0; starved != (r.Coverage.Cycles*10 < r.Coverage.Expected*9) {
			t.Errorf("quality %d with coverage %+v", r.Quality, r.Coverage)
		}
	}
	sum := uint32(0)
	for _, f := range forward {
		sum += f
	}
	// 12:00:30 to 12:01, to 12:02, to 12:03, to 12:03:30
	if len(forward) != 4 || sum != 80 || forward[2] > 1 || expected[1] != 1500 || cycles[0] != 750 {
		t.Fatalf("forward %v, cycles %v, expected %v", forward, cycles, expected)
	}
}

// TestShortIntervals has intervals that are shorter than the grace for their last tally.
func TestShortIntervals(t *testing.T) {
	s := setup(false)
	s.Interval, s.Grace = time.Second, 3*time.Second
	b := begin(t, s)
	var all []Sealed
	for n := range uint32(20) {
		now := noon.Add(time.Duration(n+1)*time.Second + 20*time.Millisecond)
		out, err := b.Add(second(n, 1), now)
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, out...), b.Tick(now)...)
	}
	chained(t, record.Hash{7}, all)
	for i, r := range decode(t, all) {
		if r.Lines[0].Forward != 1 || r.Coverage.Cycles != 25 || r.To-r.From != 1 {
			t.Errorf("record %d: %+v", i, r)
		}
	}
	if len(all) < 19 {
		t.Errorf("%d records of 20 s", len(all))
	}
}

func TestClockJumps(t *testing.T) {
	b := begin(t, setup(false))
	add := func(n uint32, now time.Time) []Sealed {
		out, err := b.Add(second(n, 1), now)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	all := add(0, noon.Add(time.Second))
	all = append(all, add(1, noon.Add(1000*time.Hour))...)
	if len(all) < 1 || len(all) > 3 {
		t.Fatalf("%d records for a jump ahead, want few", len(all))
	}
	all = append(all, add(2, noon.Add(2*time.Second))...)
	all = append(all, b.Finish(noon.Add(3*time.Second))...)
	sum := uint32(0)
	for _, r := range decode(t, all) {
		sum += r.Lines[0].Forward
	}
	if sum != 3 {
		t.Fatalf("%d counted, want 3", sum)
	}
}

// TestNoTime starts in 1970, as a board without a clock does: the counts wait for a time.
func TestNoTime(t *testing.T) {
	b, err := New(setup(false), time.Unix(100, 0))
	if err != nil {
		t.Fatal(err)
	}
	b.Eye([32]byte{1})
	var all []Sealed
	for n := range uint32(90) {
		out, err := b.Add(second(n, 1), time.Unix(101+int64(n), 0))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out...)
	}
	if len(all) != 0 || b.Unsealed != 2 || !errors.Is(b.Why, record.ErrInvalid) {
		t.Fatalf("%d records of 1970, %d unsealed, %v", len(all), b.Unsealed, b.Why)
	}
	all = append(all, b.Tick(noon)...)
	all = append(all, b.Finish(noon.Add(90*time.Second))...)
	if rs := decode(t, all); len(rs) < 1 || rs[0].Lines[0].Forward != 90 || b.Unsealed != 0 || b.Why != nil {
		t.Fatalf("%+v, %d unsealed, %v", rs, b.Unsealed, b.Why)
	}
}

func TestTooMuch(t *testing.T) {
	b := begin(t, setup(true))
	if _, err := b.Add(second(0, record.MaxCount), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Add(second(1, 1), time.Time{}); !errors.Is(err, ErrTooMuch) {
		t.Fatalf("%v, want ErrTooMuch", err)
	}
}

func TestNothingSeen(t *testing.T) {
	b := begin(t, setup(false))
	if out := append(b.Tick(noon.Add(time.Hour)), b.Finish(noon.Add(2*time.Hour))...); len(out) != 0 {
		t.Fatalf("%d records although no camera was ever seen", len(out))
	}
}
