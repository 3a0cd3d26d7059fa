// Package pairs plays the same walkers in other looks and compares what was counted. The paths come
// from the seed, the looks from another lot, and only how people are drawn differs. It judges by
// tolerances that were fixed before anything was measured. It stands outside the data path, behind
// tools/proof/attributes/door.
package pairs

import (
	"tellijn/hal/camera/sim"
	"tellijn/hal/camera/sim/look"
)

// Group is a way to dress everybody in a scene.
type Group int

// The groups. Grey levels of clothes and skin are absolute, since nobody chooses clothes by the
// floor; floors are drawn with 95 to 150.
const (
	Drawn    Group = iota // as the scene draws them
	Dark                  // clothes of 25 to 55
	Middle                // clothes of 95 to 150, as grey as floors are
	Bright                // clothes of 195 to 230
	Striped               // bold stripes over the shoulders
	Marked                // a cap, a scarf, a cross, a crescent or a star
	DarkSkin              // bald, with bare arms, of 45 to 75
	PaleSkin              // likewise of 175 to 215
	Other                 // clothes, skin, stripes and symbols all drawn anew
	groups   int   = iota
)

// String is the word in tables.
func (g Group) String() string {
	return [groups]string{"as drawn", "dark clothes", "clothes as grey as floors", "bright clothes", "stripes",
		"a symbol", "dark skin", "pale skin", "everything drawn anew"}[g]
}

// Dress gives what the group wears in the scene of a seed.
func (g Group) Dress(seed uint64) sim.Dress {
	d := sim.Dress{Seed: seed ^ 0xc107}
	switch g {
	case Dark:
		d.Clothes = look.Greys{Least: 25, Most: 55}
	case Middle:
		d.Clothes = look.Greys{Least: 95, Most: 150}
	case Bright:
		d.Clothes = look.Greys{Least: 195, Most: 230}
	case Striped:
		d.Stripes = 100
	case Marked:
		d.Symbols = 100
	case DarkSkin:
		d.Skin = look.Greys{Least: 45, Most: 75}
	case PaleSkin:
		d.Skin = look.Greys{Least: 175, Most: 215}
	case Other:
		d.Clothes, d.Skin = look.Greys{Least: 25, Most: 230}, look.Greys{Least: 45, Most: 215}
		d.Stripes, d.Symbols = 50, 50
	}
	return d
}

// Kind is one kind of change: the same walkers in A and in B.
type Kind struct {
	Name string
	A, B Group
}

// Kinds are all that is compared.
func Kinds() []Kind {
	return []Kind{
		{"dark clothes or bright ones", Dark, Bright},
		{"clothes as grey as the floor or bright ones", Middle, Bright},
		{"with stripes or without", Drawn, Striped},
		{"with a symbol such as a cross or without", Drawn, Marked},
		{"dark skin or pale skin", DarkSkin, PaleSkin},
		{"all looks drawn anew", Drawn, Other},
	}
}
