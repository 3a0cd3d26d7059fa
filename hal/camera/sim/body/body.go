// Package body draws the people of a simulated scene as a camera above them sees them: head,
// shoulders, swinging arms and legs, leaning away from the middle of the picture, with their
// shadows and what they carry. It decides nothing about where anybody goes.
package body

import (
	"tellijn/hal/camera/sim/canvas"
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/floor"
	"tellijn/hal/camera/sim/knobs"
	"tellijn/hal/camera/sim/look"
	"tellijn/hal/camera/sim/path"
	"tellijn/hal/camera/sim/play"
)

// Painter draws onto one canvas. Use New; drawing allocates nothing.
type Painter struct {
	c      *canvas.Canvas
	f      *floor.Floor
	size   int32 // of a person, in 1/256 pixel
	middle path.Point
	k      knobs.Knobs
	sx, sy int32 // where hard shadows point, in 1/16384
	dots   uint64
	weave  int32
	build  int64 // per mille of the nominal length, set by Fit
	dress  look.Dress
}

// New gives a painter for people of size 1/256 pixels on this floor.
func New(c *canvas.Canvas, f *floor.Floor, size int32, middle path.Point, k knobs.Knobs, seed uint64) *Painter {
	turn := uint16(fixed.Hash(seed, 0x50a))
	if k.SunAngle >= 0 {
		turn = uint16(k.SunAngle * 65536 / 360)
	}
	return &Painter{c: c, f: f, size: size, middle: middle, k: k, dots: seed, build: 1000,
		sx: fixed.Cos(turn), sy: fixed.Sin(turn), weave: max(16<<16/max(size, 1), 1)}
}

// figure is one person in pixels: what is at hand while drawing.
type figure struct {
	*Painter
	p        *play.Person
	worn     look.Worn
	scale    int32 // 1/256 pixel in a hundredth of a person, times 256
	cos, sin int32
	light    int32
}

func (d *Painter) figure(p *play.Person) figure {
	at := d.pixel(p.At)
	return figure{Painter: d, p: p, worn: d.dress.Of(p.Number), scale: int32(int64(d.size) * 256 * int64(p.Size) * d.build / 10_000_000),
		cos: p.Cos, sin: p.Sin, light: d.f.Light(at.X>>8, at.Y>>8)}
}

func (d *Painter) pixel(p path.Point) canvas.Point {
	return canvas.Point{X: int32(int64(p.X) * int64(d.size) / path.One), Y: int32(int64(p.Y) * int64(d.size) / path.One)}
}

// Heights, in percent of the way from the feet to the shoulders.
const (
	ground    = 0
	knee      = 28
	hip       = 55
	chest     = 80
	shoulder  = 100
	crown     = 122
	handle    = 45
	cartBelly = 35
)

// at gives the place fore hundredths ahead of and side hundredths right of the body's middle, at a
// height. What is lower appears nearer to the middle of the picture.
func (g *figure) at(height, fore, side int32) canvas.Point {
	p := g.p.At
	lean := int64(g.k.Lean) * int64(shoulder-height)
	q := g.pixel(path.Point{
		X: p.X - int32(int64(p.X-g.middle.X)*lean/10_000),
		Y: p.Y - int32(int64(p.Y-g.middle.Y)*lean/10_000),
	})
	x, y := int64(fore)*int64(g.cos)-int64(side)*int64(g.sin), int64(fore)*int64(g.sin)+int64(side)*int64(g.cos)
	return canvas.Point{X: q.X + int32(x*int64(g.scale)>>22), Y: q.Y + int32(y*int64(g.scale)>>22)}
}

// oval paints an ellipse with half axes in hundredths along and across the body.
func (g *figure) oval(at canvas.Point, fore, side int32, ink canvas.Ink) {
	g.c.Ellipse(at, g.long(fore), g.long(side), g.cos, g.sin, ink)
}

// limb paints a leg from a, thin, to b, thick: half widths in hundredths.
func (g *figure) limb(a, b canvas.Point, thin, thick int32, ink canvas.Ink) {
	x, y := b.X-a.X, b.Y-a.Y
	n := int32(fixed.Sqrt(uint64(int64(x)*int64(x) + int64(y)*int64(y))))
	if n < g.long(25) {
		return // hidden under the body
	}
	side := func(p canvas.Point, wide int32) canvas.Point {
		w := int64(g.long(wide))
		return canvas.Point{X: p.X - int32(int64(y)*w/int64(n)), Y: p.Y + int32(int64(x)*w/int64(n))}
	}
	corners := [4]canvas.Point{side(a, -thin), side(a, thin), side(b, thick), side(b, -thick)}
	ink.Cloth = 0
	g.c.Polygon(corners[:], ink)
}

func (g *figure) long(hundredths int32) int32 { return int32(int64(hundredths) * int64(g.scale) >> 8) }

// ink gives the grey level of something that differs from the floor, and a sheen from above.
func (g *figure) ink(difference, sheen int32) canvas.Ink {
	base := g.f.Grey
	if difference < 0 {
		base = g.f.Dark
	}
	v := min(max(base+difference, 16), 238) * g.light >> 8
	return canvas.Ink{Luma: v, Slope: sheen, Cloth: g.weave}
}

// Person paints one person, without shadow.
func (d *Painter) Person(p *play.Person) {
	g := d.figure(p)
	swing := fixed.Sin(p.Phase) * p.Stride >> 14 // -256 to 256
	shoe, leg := g.tone(g.worn.Legs, p.Legs, -12, 0), g.tone(g.worn.Legs, p.Legs, 0, 2)
	for _, side := range [2]int32{-18, 18} {
		fore := swing * 40 >> 8
		if side > 0 {
			fore = -fore
		}
		g.oval(g.at(ground, fore+8, side), 24, 12, shoe)
		g.limb(g.at(ground, fore, side), g.at(hip, 0, side*3/4), 11, 15, leg)
		g.oval(g.at(knee, fore*2/3, side), 19, 13, leg)
	}
	if p.Trolley || p.Case {
		g.cart()
	}
	g.oval(g.at(hip, 0, 0), 27, 37, leg)
	body := g.tone(g.worn.Body, p.Body, 0, 4)
	g.oval(g.at(chest, 0, 0), 30, 48, body)
	if p.Bag {
		g.bag()
	}
	arm := g.arm()
	for _, side := range [2]int32{-54, 54} {
		fore := -swing * 24 >> 8
		if side > 0 {
			fore = -fore
		}
		g.oval(g.at(chest, fore, side), 24, 12, arm)
	}
	g.oval(g.at(shoulder, 0, 0), 32, 58, body)
	g.stripes(body)
	if p.Umbrella {
		g.umbrella()
		return
	}
	g.head()
	g.symbol(body)
}

func (g *figure) head() {
	hair := g.tone(g.worn.Skin, g.p.Head, 0, 6)
	at := g.at(crown, 7, 0)
	if g.p.Hat {
		g.oval(at, 36, 34, g.ink(g.p.Thing, 0))
		g.oval(at, 22, 21, g.ink(g.p.Thing+10, 5))
		return
	}
	g.oval(at, 25, 22, hair)
	hair.Luma += 8
	g.oval(g.at(crown, 3, 0), 12, 11, hair)
}
