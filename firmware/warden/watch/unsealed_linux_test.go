package watch

import (
	"strings"
	"testing"
	"time"

	"tellijn/counting/tally"
	"tellijn/firmware/warden/book"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
)

// TestUnsealed has a clock that says 1970, and then the time. What could not be stored is said once
// when it begins and once when it is over.
func TestUnsealed(t *testing.T) {
	began := time.Unix(60, 0)
	b, err := book.New(book.Setup{Device: "d", Boot: [16]byte{1}, Interval: time.Minute, Lines: 1, Driver: "v4l2"}, began)
	if err != nil {
		t.Fatal(err)
	}
	b.Eye([32]byte{1})
	m := wire.Message{Stream: wire.Stream{Pixel: camera.GREY, Width: 160, Height: 120, Interval: 40 * time.Millisecond}, Tally: tally.Tally{To: 5, Cycles: 5}}
	var lines []string
	w := &Warden{s: Setup{Say: func(l string) { lines = append(lines, l) }}, book: b}
	add := func(at time.Time) {
		t.Helper()
		sealed, err := b.Add(&m, at)
		if err != nil {
			t.Fatal(err)
		}
		w.take(sealed)
	}
	for n := range 4 {
		add(began.Add(time.Duration(n) * time.Minute))
	}
	const failed, again = "Failed   record: invalid: from 60 to 120", "Loaded   record: there is one again, with what was counted in 3 intervals before it"
	if len(lines) != 1 || !strings.HasPrefix(lines[0], failed) {
		t.Fatalf("said %q, want %q once", lines, failed)
	}
	add(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	add(time.Date(2026, 11, 22, 12, 2, 0, 0, time.UTC))
	if len(lines) != 2 || lines[1] != again || w.box.Held() == 0 {
		t.Errorf("said %q, want %q at last; %d records", lines, again, w.box.Held())
	}
}
