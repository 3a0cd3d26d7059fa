package body

import (
	"tellijn/hal/camera/sim/canvas"
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/look"
)

// Dress lets people wear something else from now on. It does not change how large they are.
func (d *Painter) Dress(dress look.Dress) { d.dress = dress }

// tone is the ink of what is worn at this grey level, or, if that is 0, of what differs from the
// floor; more is added to either.
func (g *figure) tone(worn, difference, more, sheen int32) canvas.Ink {
	ink := g.ink(difference+more, sheen)
	if worn > 0 {
		ink.Luma = min(max(worn+more, 16), 238) * g.light >> 8
	}
	return ink
}

// arm is the ink of sleeves, or of bare arms.
func (g *figure) arm() canvas.Ink {
	if g.worn.Skin > 0 {
		return g.tone(g.worn.Skin, 0, 0, 0)
	}
	return g.tone(g.worn.Body, g.p.Body, -5, 0)
}

// stripes paints bold stripes over the shoulders, within their outline.
func (g *figure) stripes(cloth canvas.Ink) {
	if g.worn.Stripe == 0 {
		return
	}
	cloth.Luma = min(max(cloth.Luma+g.worn.Stripe, 16), 238)
	for i, long := range [...]int32{20, 27, 30, 31, 30, 27, 20} {
		g.oval(g.at(shoulder, 0, int32(i-3)*14), long, 4, cloth)
	}
}

// symbol paints the symbol, in an ink that stands out from the clothes.
func (g *figure) symbol(cloth canvas.Ink) {
	mark := cloth
	mark.Cloth, mark.Luma = 0, cloth.Luma+80
	if cloth.Luma > 127 {
		mark.Luma = cloth.Luma - 80
	}
	switch g.worn.Symbol {
	case look.Disc:
		g.oval(g.at(crown, 4, 0), 15, 15, mark)
	case look.Scarf:
		g.oval(g.at(crown, 3, 0), 30, 27, mark)
		g.oval(g.at(shoulder, -16, 0), 16, 30, mark)
	case look.Cross:
		g.oval(g.at(shoulder, -20, 0), 12, 3, mark)
		g.oval(g.at(shoulder, -17, 0), 3, 9, mark)
	case look.Crescent:
		g.oval(g.at(shoulder, 0, -40), 13, 13, mark)
		g.oval(g.at(shoulder, 4, -37), 10, 10, cloth)
	case look.Star:
		g.star(g.at(shoulder, 0, 40), 14, mark)
	}
}

// star paints two triangles over each other.
func (g *figure) star(at canvas.Point, long int32, ink canvas.Ink) {
	r := int64(g.long(long))
	for _, turn := range [2]uint16{0, 0x8000} {
		var corners [3]canvas.Point
		for i := range corners {
			a := turn + uint16(i*65536/3)
			corners[i] = canvas.Point{X: at.X + int32(r*int64(fixed.Cos(a))>>14), Y: at.Y + int32(r*int64(fixed.Sin(a))>>14)}
		}
		g.c.Polygon(corners[:], ink)
	}
}
