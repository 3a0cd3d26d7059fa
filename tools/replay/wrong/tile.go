package wrong

import (
	"image"
	"image/color"
	"math/bits"

	"tellijn/counting"
	"tellijn/counting/foreground"
	"tellijn/counting/grid"
	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
)

// What a pixel says. The first are cells, the later over the earlier, as tools/replay/play has them.
const (
	empty = iota
	shadow
	sparse // differs, but too few around it do
	solid  // what tracks are made of
	line
	person  // middle of a track
	nothing // between tiles, and where the clip has no cycle
	missed
	untrue
	forward
	backward
)

// palette gives the colours. Those of cells are the ones that a terminal shows in tools/replay/play,
// by xterm's table of 256, but for the background, which is black here.
func palette() color.Palette {
	return color.Palette{
		empty:    color.RGBA{0x00, 0x00, 0x00, 0xFF},
		shadow:   color.RGBA{0x00, 0x5F, 0x87, 0xFF}, // 24
		sparse:   color.RGBA{0x58, 0x58, 0x58, 0xFF}, // 240
		solid:    color.RGBA{0xD0, 0xD0, 0xD0, 0xFF}, // 252
		line:     color.RGBA{0x87, 0x5F, 0x00, 0xFF}, // 94
		person:   color.RGBA{0xFF, 0x00, 0x00, 0xFF}, // 196
		nothing:  color.RGBA{0x26, 0x26, 0x26, 0xFF}, // 235
		missed:   color.RGBA{0xFF, 0x87, 0x00, 0xFF}, // 208, orange
		untrue:   color.RGBA{0xAF, 0x5F, 0xFF, 0xFF}, // 135, violet
		forward:  color.RGBA{0xAF, 0xFF, 0xAF, 0xFF}, // 157, light green
		backward: color.RGBA{0x00, 0x5F, 0xFF, 0xFF}, // 27, blue
	}
}

// paint draws a cycle, a pixel a cell.
func paint(m *image.Paletted, v *pipeline.View, on []image.Point) {
	for y := range v.H {
		for x := range v.W {
			switch c := v.Class[y*v.W+x]; {
			case v.Mask.Get(x, y):
				m.SetColorIndex(x, y, solid)
			case c == foreground.Solid:
				m.SetColorIndex(x, y, sparse)
			case c == foreground.Shadow:
				m.SetColorIndex(x, y, shadow)
			}
		}
	}
	for _, p := range on {
		m.SetColorIndex(p.X, p.Y, line)
	}
	for set := v.Tracks.Live; set != 0; set &= set - 1 {
		k := &v.Tracks.Tracks[bits.TrailingZeros64(set)]
		x, y := int(k.X>>8), int(k.Y>>8) // cells outside are passed over
		m.SetColorIndex(x, y, person)
		if k.Miss > 0 {
			continue // unseen now: a dot without arms
		}
		for _, d := range [...]image.Point{{X: 1}, {X: -1}, {Y: 1}, {Y: -1}} {
			m.SetColorIndex(x+d.X, y+d.Y, person)
		}
	}
}

// cells gives those that a line goes over.
func cells(p grid.Plan, l scene.Line) (on []image.Point) {
	const points = 4 * counting.MaxCellsX // so many leave no hole
	for i := range points {
		at := func(a, b int32, span, cells int) int {
			return min((int(a)+int(b-a)*i/(points-1))*span>>16>>8, cells-1)
		}
		on = append(on, image.Point{X: at(l.A.X, l.B.X, p.SpanX, p.W), Y: at(l.A.Y, l.B.Y, p.SpanY, p.H)})
	}
	return on
}
