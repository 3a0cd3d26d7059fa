// Package grid averages luma into cells of at least 40 mm of floor. Second stage of counting, after
// luma. It never holds anything finer than a cell but the rows it is adding up.
package grid

import (
	"fmt"

	"tellijn/counting"
	"tellijn/counting/luma"
	"tellijn/counting/luma/mjpeg"
	"tellijn/hal/camera"
)

// Grid is the picture in cells, and all that is needed to make it. Cells, sums and the decoder are
// scratch.
type Grid struct {
	Cells   [counting.MaxCells]uint8 // mean luma, row by row, Plan.W to a row
	plan    Plan
	format  camera.Format
	layout  luma.Layout
	sums    luma.Sums
	rows    weighted
	decoder mjpeg.Decoder
	band    mjpeg.Band
}

// Set fixes plan and format. They are taken field by field: a copy of a whole struct takes what lies
// between its fields along, which is whatever was on the stack.
func (g *Grid) Set(p Plan, f camera.Format) {
	g.plan.W, g.plan.H, g.plan.Person, g.plan.Step, g.plan.Scale = p.W, p.H, p.Person, p.Step, p.Scale
	g.plan.SpanX, g.plan.SpanY = p.SpanX, p.SpanY
	g.format.Pixel, g.format.Width, g.format.Height = f.Pixel, f.Width, f.Height
	g.format.Stride, g.format.Interval = f.Stride, f.Interval
	g.layout, _ = luma.LayoutOf(f.Pixel)
}

// Reduce turns the frame into cells. On an error the cells are undefined, and must not be used.
func (g *Grid) Reduce(data []byte) error {
	if g.format.Pixel == camera.MJPEG {
		return g.decode(data)
	}
	if need := g.format.LumaSize(); len(data) < need {
		return fmt.Errorf("grid: frame of %d bytes, want %d", len(data), need)
	}
	stride := g.format.Stride
	if g.plan.whole() {
		factor := g.plan.Step / 256
		for y := range g.plan.H {
			g.sums.Squares(g.Cells[y*g.plan.W:(y+1)*g.plan.W], data[y*factor*stride:], stride, factor, g.layout)
		}
		return nil
	}
	g.rows.start(&g.plan)
	for y := range g.format.Height {
		row := data[y*stride : y*stride+g.layout.Pitch*g.format.Width]
		g.rows.add(g.Cells[:], row[g.layout.Offset:], g.layout.Pitch)
	}
	return nil
}

func (g *Grid) decode(data []byte) error {
	w, h, err := g.decoder.Start(data, g.plan.Scale)
	if err != nil {
		return err
	}
	if w != g.format.Width || h != g.format.Height {
		return fmt.Errorf("grid: frame of %dx%d pixels, want %dx%d", w, h, g.format.Width, g.format.Height)
	}
	g.rows.start(&g.plan)
	for {
		n, err := g.decoder.Next(data, &g.band)
		if err != nil {
			return err
		}
		if n == 0 {
			return g.rows.done()
		}
		for y := range n {
			g.rows.add(g.Cells[:], g.band.Units[y][:g.band.Width], 1)
		}
	}
}

// Wipe zeroes everything that came from pixels.
func (g *Grid) Wipe() {
	clear(g.Cells[:])
	g.sums.Wipe()
	g.rows.wipe()
	g.decoder.Wipe()
	g.band = mjpeg.Band{}
}
