package body

import (
	"tellijn/hal/camera/sim/canvas"
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/path"
)

// cart paints a shopping trolley ahead of its person, or a case on wheels behind.
func (g *figure) cart() {
	if g.p.Case {
		g.box(-120, -55, 26, handle, g.p.Thing)
		g.box(-60, -25, 4, handle, g.p.Thing-10)
		return
	}
	g.box(38, 190, 48, cartBelly, g.p.Thing)
	for fore := int32(50); fore < 180; fore += 34 { // the mesh: what lies in it is another grey
		g.box(fore, fore+22, 40, cartBelly, -g.p.Thing/2)
	}
	g.box(30, 40, 50, handle, g.p.Thing-15)
}

// box paints a rectangle from fore to until, wide to both sides.
func (g *figure) box(fore, until, wide, height, grey int32) {
	corners := [4]canvas.Point{g.at(height, fore, -wide), g.at(height, until, -wide),
		g.at(height, until, wide), g.at(height, fore, wide)}
	g.c.Polygon(corners[:], g.ink(grey, 0))
}

// bag paints a bag at the hand or a rucksack on the back.
func (g *figure) bag() {
	ink := g.ink(g.p.Thing, 3)
	if g.p.Thing&1 == 0 {
		g.oval(g.at(chest, -34, 0), 20, 30, ink)
		return
	}
	side := int32(58)
	if g.p.Left {
		side = -side
	}
	g.oval(g.at(hip, -4, side), 30, 13, ink)
}

// umbrella paints eight segments, every other one lighter.
func (g *figure) umbrella() {
	at := g.at(crown+15, 10, 0)
	r := g.long(105)
	ink := g.ink(g.p.Thing, 0)
	var rim [9]canvas.Point
	for i := range rim {
		turn := uint16(i * 0x2000)
		rim[i] = canvas.Point{X: at.X + int32(int64(r)*int64(fixed.Cos(turn))>>14),
			Y: at.Y + int32(int64(r)*int64(fixed.Sin(turn))>>14)}
	}
	for i := range 8 {
		one := ink
		one.Luma += int32(i&1) * 10
		g.c.Polygon([]canvas.Point{at, rim[i], rim[i+1]}, one)
	}
}

// Leaf paints a door leaf from hinge to tip: its top edge leans outwards, its foot inwards.
func (d *Painter) Leaf(hinge, tip path.Point) {
	lean := func(p path.Point, height int32) canvas.Point {
		l := int64(d.k.Lean) * int64(shoulder-height)
		return d.pixel(path.Point{X: p.X - int32(int64(p.X-d.middle.X)*l/10_000),
			Y: p.Y - int32(int64(p.Y-d.middle.Y)*l/10_000)})
	}
	face := [4]canvas.Point{lean(hinge, ground), lean(tip, ground), lean(tip, crown), lean(hinge, crown)}
	d.c.Polygon(face[:], canvas.Ink{Luma: d.f.Grey * 5 / 4})
	a, b := face[3], face[2]
	thick := d.size * 6 / 100
	n := max(int32(fixed.Sqrt(uint64(int64(b.X-a.X)*int64(b.X-a.X)+int64(b.Y-a.Y)*int64(b.Y-a.Y)))), 1)
	x := int32(int64(b.Y-a.Y) * int64(thick) / int64(n))
	y := int32(int64(a.X-b.X) * int64(thick) / int64(n))
	edge := [4]canvas.Point{{X: a.X - x, Y: a.Y - y}, {X: b.X - x, Y: b.Y - y}, {X: b.X + x, Y: b.Y + y}, {X: a.X + x, Y: a.Y + y}}
	d.c.Polygon(edge[:], canvas.Ink{Luma: d.f.Grey * 3 / 5})
}
