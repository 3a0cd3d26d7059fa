package look

import "testing"

// everything is a dress with all that there is.
func everything() Dress {
	return Dress{Seed: 3, Clothes: Greys{25, 230}, Skin: Greys{45, 215}, Stripes: 50, Symbols: 50}
}

func TestNothingOrderedNothingWorn(t *testing.T) {
	for _, d := range []Dress{{}, {Seed: 9}, {Seed: 9, Swap: 4}} {
		for n := range uint32(50) {
			if w := d.Of(n); w != (Worn{}) {
				t.Fatalf("%+v gives %+v", d, w)
			}
		}
	}
}

func TestPartsAreDrawnApart(t *testing.T) {
	all := everything()
	striped, marked, differ := 0, 0, 0
	for n := range uint32(2000) {
		w := all.Of(n)
		if w.Body < 25 || w.Body > 230 || w.Legs < 25 || w.Legs > 230 || w.Skin < 45 || w.Skin > 215 || w.Symbol > Star {
			t.Fatalf("person %d wears %+v", n, w)
		}
		some := all
		some.Symbols, some.Skin, some.Stripes = 0, Greys{}, 0
		if v := some.Of(n); v != (Worn{Body: w.Body, Legs: w.Legs}) {
			t.Fatalf("person %d wears %+v, and with less ordered %+v", n, w, v)
		}
		bare := all
		bare.Skin = Greys{}
		if v := bare.Of(n); v != (Worn{Body: w.Body, Legs: w.Legs, Stripe: w.Stripe, Symbol: w.Symbol}) {
			t.Fatalf("person %d wears %+v, and without skin %+v", n, w, v)
		}
		other := all
		other.Seed++
		if other.Of(n) != w {
			differ++
		}
		if w.Stripe != 0 {
			striped++
		}
		if w.Symbol != 0 {
			marked++
		}
	}
	for name, got := range map[string]int{"striped": striped, "marked": marked} {
		if got < 900 || got > 1100 {
			t.Errorf("%d of 2000 are %s, want about half", got, name)
		}
	}
	if differ < 1990 {
		t.Errorf("another seed changes %d of 2000", differ)
	}
}

func TestSwapExchanges(t *testing.T) {
	a, b := everything(), everything()
	b.Swap = 5
	for n := range uint32(64) {
		if a.Of(n) != b.Of(n^5) {
			t.Fatalf("person %d does not wear what %d wears", n, n^5)
		}
	}
	if a.Of(0) == b.Of(0) {
		t.Error("nothing was exchanged")
	}
}

func TestDressOutOfRange(t *testing.T) {
	for name, d := range map[string]Dress{
		"grey 0":   {Clothes: Greys{0, 9}},
		"grey 256": {Skin: Greys{9, 256}},
		"order":    {Skin: Greys{9, 8}},
		"stripes":  {Stripes: 101},
		"symbols":  {Symbols: -1},
	} {
		if d.Check() == nil {
			t.Errorf("%s: %+v was taken", name, d)
		}
	}
	if d := everything(); d.Check() != nil {
		t.Error(d.Check())
	}
}
