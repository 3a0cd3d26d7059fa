package desk

import (
	"bytes"
	"testing"
	"time"

	"tellijn/counting/tally"
	"tellijn/firmware/warden/book"
	"tellijn/hal/camera"
	"tellijn/privacy/layers"
	"tellijn/privacy/record"
	"tellijn/privacy/release"
	"tellijn/privacy/sign"
	"tellijn/privacy/wire"
)

// nine is nine in the morning of a Thursday, where weeks begin.
var nine = time.Date(2026, 6, 4, 9, 0, 0, 0, time.UTC)

func setup() Setup {
	return Setup{Device: "d", Boot: [16]byte{1}, Firmware: [32]byte{2}, Driver: "v4l2", Lines: 2, Zones: 1,
		Policy: release.Default(), Location: time.UTC, Key: sign.NewKey([32]byte{3}), Secret: [32]byte{4}}
}

func interval(from time.Time, forward, backward uint32) book.Closed {
	return book.Closed{From: from, To: from.Add(15 * time.Minute), Lines: []book.Line{{Forward: forward, Backward: backward}, {}}, Inside: []uint16{9},
		Cycles: 26_999, Expected: 27_000, Dropped: 5, Damaged: 1, Lifetime: tally.Lifetime{Worst: 5001, P999: 900},
		Stream: wire.Stream{Pixel: camera.YUYV, Width: 640, Height: 480, Interval: time.Second / 30}}
}

func make1(t *testing.T, s *Setup, n *State, i book.Closed) record.Record {
	t.Helper()
	signed, letters, err := s.Make(n, &i, 7, record.Log{Entries: 1, Head: record.Hash{5}}, Stamp{Now: i.To, Clock: record.ClockHeld, Uptime: 90*time.Second + 1})
	if err != nil || len(letters) != 0 {
		t.Fatal(err, letters)
	}
	r, err := record.Open(s.Key.Public(), signed)
	if err != nil {
		t.Fatal(err)
	}
	if n.tail != record.HashOf(signed) {
		t.Fatal("the next record would not name this one")
	}
	return r
}

// TestMake has one busy interval: what is exact in it is coarse in the record.
func TestMake(t *testing.T) {
	s, n := setup(), State{Lost: 3}
	i := interval(nine, 40, 2)
	i.Quality = tally.Full | record.Lacking(layers.All&^layers.Paths)
	r := make1(t, &s, &n, i)
	want := record.Record{Version: 2, Device: "d", Boot: [16]byte{1}, Sequence: 7, From: nine.Unix(), To: nine.Unix() + 900, Interval: 900,
		Lines: []record.Line{{Forward: 36, Level: 36, TotalForward: 36}, {}}, Zones: []uint16{6}, Coverage: 99, Dropped: 3, Damaged: 1,
		Lifetime: record.Lifetime{Worst: 10, P999: 1}, Quality: i.Quality, Camera: record.Camera{Kind: "camera", Driver: "v4l2", Width: 640, Height: 480, Pixel: "YUYV"},
		Firmware: [32]byte{2}, Rule: record.Rule{K: 3}, Clock: record.ClockHeld, Uptime: 90, Lost: 3, Log: record.Log{Entries: 1, Head: record.Hash{5}}}
	a, err := record.Encode(&r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := record.Encode(&want)
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("%v\n%+v\nwant\n%+v", err, r, want)
	}
}

// The largest numbers that can come from the book have room, and the rest of them waits.
func TestMost(t *testing.T) {
	s, n := setup(), State{}
	i := interval(nine, book.MaxCount, 0)
	i.Cycles, i.Expected, i.Dropped, i.Damaged = 1<<63, 1<<63, 1<<63, 1<<63
	i.Lifetime = tally.Lifetime{Worst: wire.MaxLifetime, P999: wire.MaxLifetime}
	i.Inside = []uint16{64}
	r := make1(t, &s, &n, i)
	f, _ := n.Lines[0].Carried()
	if r.Lines[0].Forward > record.MaxCount || uint32(f)+r.Lines[0].TotalForward != book.MaxCount || r.Coverage != 100 || r.Dropped != 15 || r.Lifetime.Worst != 255 {
		t.Errorf("%+v, carried %d", r, f)
	}
}

// Marks that would betray somebody alone are told in the first record of the next week's window only.
func TestWeekly(t *testing.T) {
	s, n := setup(), State{}
	make1(t, &s, &n, interval(nine, 0, 0)) // the week has begun
	i := interval(nine.Add(15*time.Minute), 0, 0)
	i.Quality = tally.Relit | tally.Crowded | tally.Coarse
	if r := make1(t, &s, &n, i); r.Quality != tally.Coarse {
		t.Errorf("told at once: %#x", r.Quality)
	}
	if r := make1(t, &s, &n, interval(nine.Add(7*24*time.Hour-3*time.Hour), 0, 0)); r.Quality != 0 {
		t.Errorf("told before the window opens: %#x", r.Quality)
	}
	if r := make1(t, &s, &n, interval(nine.Add(7*24*time.Hour-90*time.Minute), 0, 0)); r.Quality != tally.Relit|tally.Crowded {
		t.Errorf("told at the opening: %#x", r.Quality)
	}
	if r := make1(t, &s, &n, interval(nine.Add(7*24*time.Hour), 0, 0)); r.Quality != 0 {
		t.Errorf("told again: %#x", r.Quality)
	}
}

// Each line has a secret of its own, and an error leaves nothing signed.
func TestRefused(t *testing.T) {
	s, n := setup(), State{}
	s.Firmware = [32]byte{}
	i := interval(nine, 1, 1)
	if signed, _, err := s.Make(&n, &i, 0, record.Log{}, Stamp{Now: i.To}); err == nil || signed != nil {
		t.Errorf("a record of no program: %v", err)
	}
}

func TestSlot(t *testing.T) {
	place, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]release.Slot{
		"1970-01-01T23:00:00Z": {Day: 1, Minute: 0}, "2026-06-04T05:30:00Z": {Day: 20_608, Minute: 450}, "2026-12-04T06:30:00Z": {Day: 20_791, Minute: 450},
	} {
		from, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := Slot(from, place); got != want {
			t.Errorf("%s: %+v, want %+v", at, got, want)
		}
	}
}

// Everybody has gone home at four; what lies on either side of it belongs to different days.
func TestAnchor(t *testing.T) {
	s := setup()
	for from, want := range map[time.Time]time.Time{
		nine:                     nine.Add(-5 * time.Hour),
		nine.Add(-5 * time.Hour): nine.Add(-29 * time.Hour),
		nine.Add(-6 * time.Hour): nine.Add(-29 * time.Hour),
	} {
		if got := s.anchor(from); !got.Equal(want) {
			t.Errorf("%v: %v, want %v", from, got, want)
		}
	}
}
