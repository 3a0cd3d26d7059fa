package wrong

import (
	"image"
	"image/color"
	"math/bits"

	"tellijn/counting/pipeline"
	"tellijn/tools/replay/marks"
)

// What a pixel says beside what its cell shows, which tools/replay/marks lists.
const (
	nothing = marks.Person + 1 + iota // between tiles, and where the clip has no cycle
	missed
	untrue
	forward
	backward
)

// palette gives the colours. Those of cells are the ones that a terminal shows in tools/replay/play,
// by xterm's table of 256, but for the background, which is black here.
func palette() color.Palette {
	return color.Palette{
		marks.Empty:  color.RGBA{0x00, 0x00, 0x00, 0xFF},
		marks.Shadow: color.RGBA{0x00, 0x5F, 0x87, 0xFF}, // 24
		marks.Sparse: color.RGBA{0x58, 0x58, 0x58, 0xFF}, // 240
		marks.Solid:  color.RGBA{0xD0, 0xD0, 0xD0, 0xFF}, // 252
		marks.Line:   color.RGBA{0x87, 0x5F, 0x00, 0xFF}, // 94
		marks.Person: color.RGBA{0xFF, 0x00, 0x00, 0xFF}, // 196
		nothing:      color.RGBA{0x26, 0x26, 0x26, 0xFF}, // 235
		missed:       color.RGBA{0xFF, 0x87, 0x00, 0xFF}, // 208, orange
		untrue:       color.RGBA{0xAF, 0x5F, 0xFF, 0xFF}, // 135, violet
		forward:      color.RGBA{0xAF, 0xFF, 0xAF, 0xFF}, // 157, light green
		backward:     color.RGBA{0x00, 0x5F, 0xFF, 0xFF}, // 27, blue
	}
}

// paint draws a cycle, a pixel a cell.
func paint(m *image.Paletted, v *pipeline.View, on [][2]int) {
	for y := range v.H {
		for x := range v.W {
			m.SetColorIndex(x, y, marks.Cell(v, x, y))
		}
	}
	for _, p := range on {
		m.SetColorIndex(p[0], p[1], marks.Line)
	}
	for set := v.Tracks.Live; set != 0; set &= set - 1 {
		k := &v.Tracks.Tracks[bits.TrailingZeros64(set)]
		x, y := int(k.X>>8), int(k.Y>>8) // cells outside are passed over
		m.SetColorIndex(x, y, marks.Person)
		if k.Miss > 0 {
			continue // unseen now: a dot without arms
		}
		for _, d := range [...]image.Point{{X: 1}, {X: -1}, {Y: 1}, {Y: -1}} {
			m.SetColorIndex(x+d.X, y+d.Y, marks.Person)
		}
	}
}
