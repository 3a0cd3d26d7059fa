package body

import (
	"testing"

	"tellijn/hal/camera/sim/knobs"
	"tellijn/hal/camera/sim/look"
)

// Each part of a dress is seen, and changes nobody's outline: a scarf, which is wider than hair,
// lies on the shoulders.
func TestDressStaysWithinTheOutline(t *testing.T) {
	d, c := painter(knobs.Nominal())
	p := plain()
	d.Person(&p)
	outline, _, _ := covered(c)
	before := append([]byte(nil), c.Luma...)
	dresses := map[string]look.Dress{
		"clothes": {Clothes: look.Greys{Least: 60, Most: 60}},
		"skin":    {Skin: look.Greys{Least: 60, Most: 60}},
		"stripes": {Stripes: 100},
	}
	seen := map[look.Symbol]bool{}
	for seed := uint64(0); len(seen) < 5; seed++ {
		w := look.Dress{Seed: seed, Symbols: 100}
		if s := w.Of(0).Symbol; !seen[s] {
			seen[s] = true
			dresses["symbol "+string('0'+rune(s))] = w
		}
	}
	for name, dress := range dresses {
		c.Clear()
		d.Dress(dress)
		d.Person(&p)
		// A faint edge may round to nothing.
		if n, _, _ := covered(c); n < outline*99/100 || n > outline*101/100 {
			t.Errorf("%s: covers %d pixels, undressed %d", name, n, outline)
		}
		differ := 0
		for i, v := range c.Luma {
			if v != before[i] {
				differ++
			}
		}
		t.Logf("%s: %d of %d pixels differ", name, differ, outline)
		if differ < 8 {
			t.Errorf("%s: only %d pixels differ", name, differ)
		}
	}
	c.Clear()
	d.Dress(look.Dress{})
	d.Person(&p)
	for i, v := range c.Luma {
		if v != before[i] {
			t.Fatal("undressed again, another picture")
		}
	}
}

// Grey levels are what was ordered, whatever the floor.
func TestClothesHaveTheirGrey(t *testing.T) {
	for _, grey := range []int32{30, 120, 220} {
		d, c := painter(knobs.Nominal())
		d.Dress(look.Dress{Clothes: look.Greys{Least: grey, Most: grey}})
		p := plain()
		p.Hat = false
		d.Person(&p)
		at := d.pixel(p.At)
		// Beside the head, on the shoulder; cloth and sheen change it a little.
		got := int32(c.Luma[int(at.Y>>8+9)*w+int(at.X>>8)])
		if got < grey-16 || got > grey+16 {
			t.Errorf("clothes of %d are drawn as %d", grey, got)
		}
	}
}
