package release

import (
	"math/rand/v2"
	"testing"
)

// TestZone walks the number of people up and down and asserts what may show.
func TestZone(t *testing.T) {
	for seed := range uint64(200) {
		g := rand.New(rand.NewPCG(seed, 0x20))
		p := Default()
		p.K = 3 + g.IntN(4)
		var z Zone
		people, was, changed := 0, 0, 0 // changed: people when shown last changed
		slot := Slot{10, 720}
		for i := range 400 {
			people = min(max(people+g.IntN(2*p.K+1)-p.K, 0), 64)
			if g.IntN(30) == 0 {
				people = g.IntN(65)
			}
			if g.IntN(10) == 0 {
				b, err := z.MarshalBinary()
				if z = (Zone{}); err != nil || z.UnmarshalBinary(b) != nil {
					t.Fatal("its own bytes are refused")
				}
			}
			shown := int(z.Step(&p, slot, uint16(people)))
			switch {
			case people <= 2*p.K-2 && shown != 0:
				t.Fatalf("%d people show %d", people, shown)
			case shown > people || shown%p.K != 0 || people-shown > 3*p.K-2:
				t.Fatalf("%d people show %d, in steps of %d", people, shown, p.K)
			case shown != was && i > 0 && max(people-changed, changed-people) == 0:
				t.Fatalf("%d people showed %d, now %d", people, was, shown)
			}
			if shown != was {
				changed, was = people, shown
			}
		}
	}
}

// TestZoneHysteresis asserts that one person who comes and goes shows at most once.
func TestZoneHysteresis(t *testing.T) {
	p, slot := Default(), Slot{10, 720}
	for people := range uint16(60) {
		var z Zone
		z.Step(&p, slot, people)
		low := z.Step(&p, slot, people)
		changes := 0
		for i := range uint16(20) {
			if n := z.Step(&p, slot, people+i%2); n != low {
				changes, low = changes+1, n
			}
		}
		if changes > 1 {
			t.Errorf("%d people and one who comes and goes: %d changes", people, changes)
		}
	}
}

func TestZoneOutsideTheWindow(t *testing.T) {
	p := Default()
	for _, slot := range []Slot{{10, 0}, {10, 435}, {10, 1320}, {10, 1425}, {-1, 600}, {10, 1440}} {
		z := Zone{level: 9}
		if shown := z.Step(&p, slot, 60); shown != 0 || z.level != 0 {
			t.Errorf("%v: shows %d", slot, shown)
		}
	}
	for _, slot := range []Slot{{10, 450}, {10, 1305}} {
		var z Zone
		if shown := z.Step(&p, slot, 60); shown != 57 {
			t.Errorf("%v: 60 people show %d, want 57", slot, shown)
		}
	}
}

// FuzzZone asserts that a zone in any state that is accepted never shows more than who is there.
func FuzzZone(f *testing.F) {
	f.Add([]byte{version, 0, 6}, uint16(7))
	f.Add([]byte{version, 255, 255}, uint16(65535))
	f.Fuzz(func(t *testing.T, b []byte, people uint16) {
		var z Zone
		if z.UnmarshalBinary(b) != nil {
			return
		}
		if again, err := z.MarshalBinary(); err != nil || string(again) != string(b) {
			t.Fatalf("%x, %v; want %x", again, err, b)
		}
		p := Default()
		if shown := z.Step(&p, Slot{10, 720}, people); shown > people || shown%3 != 0 || people < 5 && shown > 0 {
			t.Fatalf("%d people show %d", people, shown)
		}
	})
}
