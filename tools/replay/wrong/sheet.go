package wrong

import (
	"image"
	"image/color"
	"image/png"
	"io"

	"tellijn/counting/grid"
	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
	"tellijn/tools/replay/marks"
)

// Lengths on a sheet. The bar at the left of a row has two columns for missed or false and one for
// the direction, each as wide as a cell.
const (
	tiles = 9
	side  = 3 // of a cell, in pixels
	gap   = 3 // between tiles, in pixels
	bar   = 3 * side
)

// Sheet is what was seen around the events of a clip. It holds cells, and becomes pixels only when it
// is written: a ninth of the memory.
type Sheet struct {
	palette color.Palette
	w, h    int // cells of a tile
	line    [][2]int
	step    int // frames between tiles
	rows    []row
}

type row struct {
	Event
	seen [tiles]*image.Paletted // nil where the clip has no cycle
}

func newSheet(p grid.Plan, sc *scene.Scene, events []Event, step int) *Sheet {
	s := &Sheet{palette: palette(), w: p.W, h: p.H, line: marks.Over(p, sc.Lines[0]), step: step}
	for _, e := range events {
		s.rows = append(s.rows, row{Event: e})
	}
	return s
}

// last frame that any row shows; the pass need not go on after it.
func (s *Sheet) last() (last int) {
	for i := range s.rows {
		last = max(last, s.rows[i].Frame+tiles/2*s.step)
	}
	return last
}

// take keeps the cycle of a frame for the rows that show it; they share one tile.
func (s *Sheet) take(frame int, v *pipeline.View) {
	var tile *image.Paletted
	for i := range s.rows {
		off := frame - s.rows[i].Frame + tiles/2*s.step
		if off < 0 || off%s.step != 0 || off/s.step >= tiles {
			continue
		}
		if tile == nil {
			tile = image.NewPaletted(image.Rect(0, 0, s.w, s.h), s.palette)
			paint(tile, v, s.line)
		}
		s.rows[i].seen[off/s.step] = tile
	}
}

// PNG writes the sheet.
func (s *Sheet) PNG(w io.Writer) error { return png.Encode(w, s) }

// ColorModel is the palette: there is no colour but those that say what a cell is.
func (s *Sheet) ColorModel() color.Model { return s.palette }

// Bounds of the sheet in pixels.
func (s *Sheet) Bounds() image.Rectangle {
	return image.Rect(0, 0, bar+tiles*(gap+s.w*side), len(s.rows)*(s.h*side+gap)-gap)
}

// At gives the colour of a pixel.
func (s *Sheet) At(x, y int) color.Color { return s.palette[s.ColorIndexAt(x, y)] }

// ColorIndexAt gives the place of a pixel's colour in the palette.
func (s *Sheet) ColorIndexAt(x, y int) uint8 {
	r, y := &s.rows[y/(s.h*side+gap)], y%(s.h*side+gap)
	switch {
	case y >= s.h*side:
		return nothing
	case x < bar:
		return r.mark(x / side)
	}
	x -= bar
	tile, x := r.seen[x/(gap+s.w*side)], x%(gap+s.w*side)-gap
	if x < 0 || tile == nil {
		return nothing
	}
	return tile.ColorIndexAt(x/side, y/side)
}

// mark gives the colour of a column of the bar.
func (r *row) mark(column int) uint8 {
	switch {
	case column == 2 && r.Forward:
		return forward
	case column == 2:
		return backward
	case r.Missed:
		return missed
	}
	return untrue
}
