package body

import (
	"tellijn/hal/camera/sim/canvas"
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/play"
)

// Shadow collects the shadows of one person: a soft one around the feet, and in the sun a hard one
// of legs, body and head that begins at the feet.
func (d *Painter) Shadow(p *play.Person) {
	g := d.figure(p)
	soft := d.k.SoftShadow * 255 / 100
	at := g.at(ground, 0, 0)
	for i, r := range [3]int32{98, 82, 64} {
		g.c.ShadeEllipse(at, g.long(r), g.long(r), fixed.Full, 0, soft*int32(i+1)/3)
	}
	if !p.Sun || d.k.SunLength == 0 {
		return
	}
	dark := d.k.SunDarkness * 255 / 100
	long := g.long(d.k.SunLength)
	along := func(percent, aside int32) canvas.Point {
		l, s := int64(long)*int64(percent)/100, int64(g.long(aside))
		return canvas.Point{X: at.X + int32((l*int64(d.sx)-s*int64(d.sy))>>14),
			Y: at.Y + int32((l*int64(d.sy)+s*int64(d.sx))>>14)}
	}
	legs := [4]canvas.Point{along(0, -20), along(0, 20), along(50, 34), along(50, -34)}
	trunk := [4]canvas.Point{along(45, -34), along(45, 34), along(85, 44), along(85, -44)}
	g.c.ShadeEllipse(at, g.long(24), g.long(24), fixed.Full, 0, dark)
	g.c.ShadePolygon(legs[:], dark)
	g.c.ShadePolygon(trunk[:], dark)
	g.c.ShadeEllipse(along(85, 0), g.long(20), g.long(44), d.sx, d.sy, dark)
	g.c.ShadeEllipse(along(104, 0), g.long(24), g.long(22), d.sx, d.sy, dark)
}

// Dapples collects the specks of leaf shadow at a moment, given in milliseconds. Each speck swings
// about its own place.
func (d *Painter) Dapples(ms int64) {
	w, h := int64(d.c.Width)<<8, int64(d.c.Height)<<8
	for i := range uint64(d.k.Dapples) {
		v := fixed.Hash(d.dots, i+77)
		place := func(shift uint, side int64) int64 { return int64(v>>shift&0xff) * side >> 8 }
		swing := func(period int64, shift uint) int64 {
			turn := uint16(ms*65536/period + int64(v>>shift))
			return int64(fixed.Sin(turn)) * int64(d.size) * 22 / 100 >> 14
		}
		// Wind comes and goes over all of them, and each speck has a period of its own.
		gust := 40 + int64(fixed.Sin(uint16(ms*65536/9700)))*60>>14
		x := place(0, w) + swing(1300+int64(v>>16&0x3ff), 24)*gust/100
		y := place(8, h) + swing(1700+int64(v>>32&0x3ff), 40)*gust/100
		r := d.size * int32(14+v>>48&0x1f) / 100
		turn := uint16(v >> 40)
		d.c.ShadeEllipse(canvas.Point{X: int32(x), Y: int32(y)}, r*3/2, r, fixed.Cos(turn), fixed.Sin(turn), 80)
	}
}
