package book

import (
	"testing"
	"time"

	"tellijn/counting/tally"
	"tellijn/privacy/layers"
	"tellijn/privacy/record"
)

// TestMissingLayers has four minutes: with all layers, with one that goes away for a single tally in the
// middle as when an eye is started anew, with all again, and with another one missing throughout.
func TestMissingLayers(t *testing.T) {
	b := begin(t, setup(true))
	var all []Sealed
	for n := range uint32(30 + 4*60) { // noon is in the middle of a minute
		m := second(n, 1)
		switch {
		case n == 30+60+29:
			m.Stream.Held &^= layers.Paths
		case n >= 30+3*60:
			m.Stream.Held &^= layers.Secret
		}
		out, err := b.Add(m, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out...)
	}
	rs := decode(t, append(all, b.Finish(time.Time{})...))
	want := []layers.Layers{layers.All, layers.All, layers.All &^ layers.Paths, layers.All, layers.All &^ layers.Secret}
	if len(rs) != len(want) {
		t.Fatalf("%d records, want %d", len(rs), len(want))
	}
	for i, r := range rs {
		if r.Held() != want[i] || r.Quality&^record.Lacking(0) != tally.Crowded {
			t.Errorf("record %d: held in by %s, quality %#x; want %s", i, r.Held(), r.Quality, want[i])
		}
	}
}

// A record of a time in which no eye counted says nothing of layers.
func TestNobodyToHold(t *testing.T) {
	b := begin(t, setup(false))
	m := second(0, 1)
	m.Stream.Held = 0
	if _, err := b.Add(m, noon.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	rs := decode(t, b.Tick(noon.Add(2*time.Minute)))
	if len(rs) < 2 || rs[0].Held() != 0 || rs[1].Held() != layers.All || rs[1].Coverage.Cycles != 0 {
		t.Errorf("%+v", rs)
	}
}
