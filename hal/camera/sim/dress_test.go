package sim

import (
	"slices"
	"testing"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim/look"
)

// dressed is a door with people in everything that a dress has.
func dressed(seed uint64) Config {
	c := small(Door(1, Nominal(), 60))
	c.Dress = Dress{Seed: seed, Clothes: look.Greys{Least: 25, Most: 230},
		Skin: look.Greys{Least: 45, Most: 215}, Stripes: 50, Symbols: 50}
	return c
}

// A dress is seen, and no path, moment or crossing knows of it.
func TestDressLeavesPathsAndTruth(t *testing.T) {
	plain, other := open(t, small(Door(1, Nominal(), 60))), open(t, dressed(2))
	if len(plain.Truth()) < 5 || !slices.Equal(plain.Truth(), other.Truth()) {
		t.Fatalf("truth %v, dressed %v", plain.Truth(), other.Truth())
	}
	differ, frames := 0, 0
	var f, g camera.Frame
	for plain.Borrow(&f) == nil && other.Borrow(&g) == nil {
		frames++
		if f.Sequence != g.Sequence || plain.world.Passed != other.world.Passed {
			t.Fatalf("frame %d and %d are not of one play", f.Sequence, g.Sequence)
		}
		for i := range plain.world.People {
			a, b := plain.world.People[i], other.world.People[i]
			if a != b {
				t.Fatalf("frame %d: person %d is %+v, dressed %+v", f.Sequence, i, a, b)
			}
		}
		if !slices.Equal(f.Data, g.Data) {
			differ++
		}
		plain.Return(&f)
		other.Return(&g)
	}
	if frames < 1400 || differ < frames/4 || differ > frames-60 {
		t.Errorf("%d of %d frames differ", differ, frames)
	}
}

func TestDressRepeats(t *testing.T) {
	first := digest(t, dressed(2), 400)
	if again := digest(t, dressed(2), 400); first != again {
		t.Error("the same dress gave other frames")
	}
	if digest(t, dressed(2), 400) == digest(t, dressed(3), 400) {
		t.Error("another seed gave the same frames")
	}
}

func TestDressIsChecked(t *testing.T) {
	c := dressed(1)
	c.Dress.Symbols = 101
	if _, err := New(c); err == nil {
		t.Error("101 percent were taken")
	}
}

// Numbers count people as they come.
func TestPeopleAreNumbered(t *testing.T) {
	m := open(t, small(Door(1, Nominal(), 60)))
	seen := map[uint32]bool{}
	var f camera.Frame
	for m.Borrow(&f) == nil {
		now := map[uint32]bool{}
		for i := range m.world.People {
			if p := &m.world.People[i]; p.Visible() {
				if now[p.Number] {
					t.Fatalf("two are number %d", p.Number)
				}
				now[p.Number], seen[p.Number] = true, true
			}
		}
		m.Return(&f)
	}
	for n := range uint32(len(seen)) {
		if !seen[n] {
			t.Errorf("%d people, none with number %d", len(seen), n)
		}
	}
	if len(seen) < 8 {
		t.Errorf("only %d people came", len(seen))
	}
}

func TestDressAllocatesNothing(t *testing.T) {
	c := dressed(1)
	c.Script.Seconds = 0
	m := open(t, c)
	var f camera.Frame
	if n := testing.AllocsPerRun(200, func() {
		if m.Borrow(&f) != nil {
			t.Error("no frame")
		}
		m.Return(&f)
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
