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
	return Setup{Interval: 15 * time.Minute, Location: time.UTC, Lines: 1, Zones: 1, ByFrames: byFrames, Factor: 1, Grace: 2 * time.Second}
}

func begin(t *testing.T, s Setup) *Book {
	t.Helper()
	b, err := New(s, noon)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ten is the tally of ten seconds at 25 frames a second.
func ten(n uint32, forward uint32) *wire.Message {
	m := &wire.Message{Stream: wire.Stream{Pixel: camera.GREY, Width: 64, Height: 48, Interval: 40 * time.Millisecond, Held: layers.All}}
	m.Tally = tally.Tally{Number: n, From: 250 * n, To: 250*n + 250, Cycles: 250, Quality: tally.Crowded}
	m.Tally.Lines[0].Forward = forward
	m.Tally.Zones[0] = tally.Zone{Inside: uint16(n % 5), Peak: uint16(n%5 + 1)}
	return m
}

// at is when the tally of ten has ended.
func at(n uint32) time.Time { return noon.Add(time.Duration(n+1) * 10 * time.Second) }

func add(t *testing.T, b *Book, n, forward uint32, now time.Time) []Closed {
	t.Helper()
	out, err := b.Add(ten(n, forward), now)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func forward(all []Closed) (sum uint32) {
	for _, c := range all {
		sum += c.Lines[0].Forward
	}
	return sum
}

func TestByFrames(t *testing.T) {
	b := begin(t, setup(true))
	var all []Closed
	for n := range uint32(300) { // 50 minutes from half a minute past noon
		all = append(all, add(t, b, n, 1, at(n))...)
	}
	if out := b.Tick(noon.Add(10 * time.Hour)); out != nil {
		t.Fatal("a clock closed an interval that goes by frames")
	}
	if len(all) != 3 || !all[0].From.Equal(noon) || all[0].To.Minute() != 15 || all[1].To.Sub(all[1].From) != 15*time.Minute || !all[2].From.Equal(all[1].To) {
		t.Fatalf("%+v", all)
	}
	if c := all[1]; c.Lines[0].Forward != 90 || c.Expected != 22500 || c.Cycles != 22500 || c.Quality != tally.Crowded {
		t.Fatalf("%+v", c)
	}
	if b.Totals[0].Forward != 300 || forward(all)+b.open.lines[0].Forward != 300 || all[0].Inside[0] != b.Inside[0] && all[0].Inside[0] > 4 {
		t.Fatalf("total %d, closed %d, open %d", b.Totals[0].Forward, forward(all), b.open.lines[0].Forward)
	}
}

// TestFactor has ninety seconds of the calendar to one of the camera.
func TestFactor(t *testing.T) {
	s := setup(true)
	s.Factor = 90
	b := begin(t, s)
	var all []Closed
	for n := range uint32(10) {
		all = append(all, add(t, b, n, 1, noon.Add(time.Duration(n+1)*900*time.Second))...)
	}
	// A tally is as long as an interval and belongs to the one in which it began.
	if len(all) != 10 || forward(all) != 10 || all[3].Expected != 250 || all[3].To.Sub(all[3].From) != 15*time.Minute {
		t.Fatalf("%+v", all)
	}
}

func TestByClock(t *testing.T) {
	b := begin(t, setup(false))
	var all []Closed
	for n := range uint32(360) {
		now := at(n).Add(20 * time.Millisecond)
		if n < 90 || n >= 300 { // the eye does not run in between
			all = append(all, add(t, b, n, 1, now)...)
		}
		all = append(all, b.Tick(now)...)
	}
	// 12:00:30 to 12:15, to 12:30, to 12:45, to 13:00
	if len(all) != 4 || forward(all)+b.open.lines[0].Forward != 150 || all[2].Lines[0].Forward != 0 || all[2].Cycles != 0 || all[1].Expected != 22500 {
		t.Fatalf("%+v", all)
	}
	for i, c := range all {
		if starved := c.Quality&tally.Starved != 0; starved != (c.Cycles*10 < c.Expected*9) || starved != (i > 0) {
			t.Errorf("interval %d: quality %#x with %d of %d", i, c.Quality, c.Cycles, c.Expected)
		}
	}
}

// The clock stood still for days or was set ahead: a gap, not a flood, and nobody is lost.
func TestAhead(t *testing.T) {
	b := begin(t, setup(false))
	all := add(t, b, 0, 1, noon.Add(10*time.Second))
	all = append(all, add(t, b, 1, 1, noon.Add(1000*time.Hour))...)
	if len(all) < 1 || len(all) > 3 {
		t.Fatalf("%d intervals for a jump ahead, want few", len(all))
	}
	all = append(all, b.Tick(noon.Add(1001*time.Hour))...)
	if forward(all) != 2 {
		t.Fatalf("%d counted, want 2", forward(all))
	}
}

// Intervals begin on the full hour of the place, on the days of clock change too.
func TestPlace(t *testing.T) {
	for _, zone := range []string{"Europe/Amsterdam", "Asia/Kathmandu"} {
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		s := setup(false)
		s.Location, s.Interval = place, time.Hour
		for h := range 72 {
			now := time.Date(2026, 10, 24, h, 37, 11, 0, time.UTC)
			from := s.Start(now)
			if d := now.Sub(from); d < 0 || d >= time.Hour || from.In(place).Minute() != 0 || from.In(place).Second() != 0 {
				t.Errorf("%s: %v begins at %v", zone, now.In(place), from.In(place))
			}
		}
	}
}

func TestTooMuch(t *testing.T) {
	b := begin(t, setup(true))
	add(t, b, 0, MaxCount, at(0))
	if _, err := b.Add(ten(1, 1), at(1)); !errors.Is(err, ErrTooMuch) {
		t.Fatalf("%v, want ErrTooMuch", err)
	}
}

func TestNothingSeen(t *testing.T) {
	b := begin(t, setup(false))
	if out := b.Tick(noon.Add(10 * time.Hour)); len(out) != 0 || b.Seen() {
		t.Fatalf("%d intervals although no camera was ever seen", len(out))
	}
}

// TestMissingLayers has four intervals: with all layers, without one for a single tally in the middle as
// when an eye is started anew, with all again, and with another one missing throughout.
func TestMissingLayers(t *testing.T) {
	b := begin(t, setup(true))
	var all []Closed
	for n := range uint32(4 * 90) {
		m := ten(n, 1)
		switch {
		case n == 90+29:
			m.Stream.Held &^= layers.Paths
		case n >= 3*90:
			m.Stream.Held &^= layers.Secret
		}
		out, err := b.Add(m, at(n))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out...)
	}
	all = append(all, add(t, b, 400, 0, noon.Add(time.Hour))...)
	want := []layers.Layers{layers.All, layers.All &^ layers.Paths, layers.All, layers.All &^ layers.Secret}
	if len(all) != len(want) {
		t.Fatalf("%d intervals, want %d", len(all), len(want))
	}
	for i, c := range all {
		if c.Quality != tally.Crowded|record.Lacking(want[i]) {
			t.Errorf("interval %d: quality %#x, want that of %s", i, c.Quality, want[i])
		}
	}
}

// While no eye is to run, intervals that go by frames close by the clock, and what no frames came for is
// missing; the first whole interval with frames is complete again.
func TestRest(t *testing.T) {
	b := begin(t, setup(true))
	var all []Closed
	for n := range uint32(30) { // five minutes
		all = append(all, add(t, b, n, 1, at(n))...)
	}
	for m := range 32 { // closed until 12:37
		all = append(all, b.Rest(noon.Add(time.Duration(5+m)*time.Minute))...)
	}
	for n := uint32(30); n < 300; n++ { // 45 minutes from then on
		all = append(all, add(t, b, n, 1, at(n).Add(32*time.Minute))...)
	}
	want := []struct{ cycles, expected uint64 }{{7500, 21_750}, {0, 22_500}, {11_250, 22_500}, {22_500, 22_500}, {22_500, 22_500}}
	if len(all) != len(want) {
		t.Fatalf("%d intervals", len(all))
	}
	for i, c := range all {
		if c.Cycles != want[i].cycles || c.Expected != want[i].expected || i > 0 && !c.From.Equal(all[i-1].To) {
			t.Errorf("interval %d from %v: %d of %d", i, c.From, c.Cycles, c.Expected)
		}
	}
	if forward(all) != 30+45+90+90 || all[1].Quality&tally.Starved == 0 || all[3].Quality&tally.Starved != 0 {
		t.Errorf("%d counted", forward(all))
	}
}
