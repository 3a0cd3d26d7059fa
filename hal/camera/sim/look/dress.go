package look

import (
	"fmt"

	"tellijn/hal/camera/sim/fixed"
)

// Dress gives people other clothes, skin and symbols while they are drawn, by a lot of its own. It
// reaches no path, size, bag, hat or trolley, so the same script with another Dress has the same
// truth. The zero value leaves everybody as New drew them.
type Dress struct {
	// Seed of the lot.
	Seed uint64
	// Swap says who wears what: the person with number n what is drawn for number n XOR Swap.
	Swap uint32
	// Clothes of body and legs, and Skin: a bald head and bare arms. Zero leaves them.
	Clothes, Skin Greys
	// Stripes and Symbols are shares of people in percent: with bold stripes over the shoulders,
	// and with a symbol on the head, the shoulder or the back.
	Stripes, Symbols int32
}

// Greys is a range of grey levels, 1 to 255, both ends included, as they would be in the middle of
// the picture. Unlike those of Look they do not follow the floor.
type Greys struct{ Least, Most int32 }

// Symbol is something that tells more about a person than that there is one.
type Symbol uint8

// The symbols. Zero is none.
const (
	Disc     Symbol = 1 // a small cap on the crown
	Scarf    Symbol = 2 // over head and neck
	Cross    Symbol = 3 // on the back
	Crescent Symbol = 4 // on one shoulder
	Star     Symbol = 5 // on the other
)

// Worn is what Dress gives one person. Zero leaves each as New drew it.
type Worn struct {
	Body, Legs, Skin int32 // grey levels
	Stripe           int32 // grey levels above or below the body
	Symbol           Symbol
}

// Check tells what is out of range.
func (d *Dress) Check() error {
	for name, g := range map[string]Greys{"clothes": d.Clothes, "skin": d.Skin} {
		if g != (Greys{}) && (g.Least < 1 || g.Most > 255 || g.Least > g.Most) {
			return fmt.Errorf("sim: %s of grey %d to %d, want 1 to 255 in order, or both 0", name, g.Least, g.Most)
		}
	}
	for name, share := range map[string]int32{"stripes": d.Stripes, "symbols": d.Symbols} {
		if share < 0 || share > 100 {
			return fmt.Errorf("sim: %s = %d, want 0 to 100 percent", name, share)
		}
	}
	return nil
}

// Of gives what the person with this number wears.
func (d *Dress) Of(number uint32) Worn {
	if *d == (Dress{Seed: d.Seed, Swap: d.Swap}) {
		return Worn{}
	}
	r := fixed.NewRand(d.Seed, uint64(number^d.Swap))
	// Everything is drawn in any case, so that one part of a Dress does not shift the others.
	w := Worn{Body: r.Between(d.Clothes.Least, d.Clothes.Most), Legs: r.Between(d.Clothes.Least, d.Clothes.Most),
		Skin: r.Between(d.Skin.Least, d.Skin.Most), Stripe: r.Between(25, 50), Symbol: Symbol(r.Between(1, 5))}
	if r.Percent(50) {
		w.Stripe = -w.Stripe
	}
	if !r.Percent(d.Stripes) {
		w.Stripe = 0
	}
	if !r.Percent(d.Symbols) {
		w.Symbol = 0
	}
	return w
}
