// Package look draws by lot what a simulated person looks like from above: size, clothes, hair, and
// what is carried. It says nothing about where anybody goes. hal/camera/sim/body draws it.
package look

import (
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/knobs"
)

// Look is what one person looks like from above. Grey levels are against the floor.
type Look struct {
	Size             int32 // percent of the nominal length
	Body, Legs, Head int32 // grey levels above or below the floor
	Thing            int32 // likewise, of what is carried
	Left             bool  // carries on the left
	Trolley, Case    bool  // pushes one, pulls one
	Hat, Umbrella    bool
	Bag, Sun         bool
}

// Differences of grey levels that everybody has: nobody can count the invisible.
const (
	leastDifference = 25 // low contrast: about 12 are left where the floor is darkest or brightest
	lowDifference   = 32
)

// New draws a look; sun says whether the person throws a hard shadow.
func New(r *fixed.Rand, k *knobs.Knobs, sun bool) Look {
	l := Look{
		Size: r.Peak(100-k.SizeSpread, 100+k.SizeSpread),
		Body: grey(r, k.Contrast/2, k.Contrast*3/2),
		Legs: grey(r, k.Contrast/2, k.Contrast*3/2),
		Head: -r.Between(35, 75), // dark hair
		Left: r.Percent(50),
		Hat:  r.Percent(k.Hats), Umbrella: r.Percent(k.Umbrellas), Bag: r.Percent(k.Bags),
		Sun: sun,
	}
	if r.Percent(25) {
		l.Head = r.Between(25, 60) // fair, grey or bald
	}
	if low := grey(r, leastDifference, lowDifference); r.Percent(k.LowContrast) {
		l.Body, l.Legs, l.Head = low, low, low
	} else if k.Contrast < lowDifference {
		l.Head = l.Body // the knob is meant for the whole person
	}
	l.Thing = grey(r, 25, 60)
	if r.Percent(k.Trolleys) {
		l.Trolley = r.Percent(50)
		l.Case = !l.Trolley
	}
	return l
}

// grey gives a difference from least to most, twice as often darker as lighter.
func grey(r *fixed.Rand, least, most int32) int32 {
	d := r.Between(least, most)
	if r.Percent(67) {
		return -d
	}
	return d
}
