package grid

import (
	"errors"
	"fmt"

	"tellijn/counting"
	"tellijn/counting/luma"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// ErrCoarse is returned when a person covers too few cells to be told from noise.
var ErrCoarse = errors.New("grid: person too small in the picture")

// Plan says how frames of one format become cells. Lengths in cells and units are in 1/256.
type Plan struct {
	W, H   int   // cells
	Person int32 // side of a person's area, 1/256 cell; at most counting.MaxPerson cells
	Step   int   // side of a cell, 1/256 unit; a unit is a pixel, or a piece of an MJPEG block
	Scale  int   // side of a unit in pixels: 1 for raw formats, 4 or 8 for MJPEG
	SpanX  int   // width of the picture in 1/256 cell; the last cells may lie inside it
	SpanY  int   // height likewise
}

const (
	// minPerson is the least side of a person in cells: below, a person is a dozen cells and
	// no better than a spot of noise.
	minPerson = 4
	// wholePixels is the side of a cell in pixels from which it is made of whole pixels: the
	// rounding then costs at most a fifth of the resolution, and adding up is far cheaper.
	wholePixels = 4
	// maxStep keeps weighted sums within 32 bits: 255 * (16*256)^2 < 2^32.
	maxStep = 16 * 256
)

// NewPlan fits the grid to the person: as fine as the ceiling allows, at most 160 x 120 cells.
func NewPlan(sc *scene.Scene, f camera.Format) (Plan, error) {
	// Side of a person in pixels, 1/256.
	person := root(uint64(sc.PersonArea) * uint64(f.Width) * uint64(f.Height) * (1 << 16) / 1_000_000)
	p := Plan{Scale: 1}
	if f.Pixel == camera.MJPEG {
		p.Scale = 4
		if person >= 8*8*256 { // an eighth of the side still gives a person 8 cells
			p.Scale = 8
		}
	}
	unitsX, unitsY := f.Width/p.Scale, f.Height/p.Scale
	step := max(256, ceil(person/p.Scale, counting.MaxPerson),
		ceil(unitsX*256, counting.MaxCellsX), ceil(unitsY*256, counting.MaxCellsY))
	if p.Scale == 1 && step > (wholePixels-1)*256 {
		step = ceil(step, 256) * 256
	}
	if p.Scale > 1 && step > maxStep || step > luma.MaxFactor*256 {
		return Plan{}, fmt.Errorf("grid: person of %d pixels in a %dx%d picture; hang the camera higher or take a smaller format",
			person/256, f.Width, f.Height)
	}
	p.Step = step
	p.W, p.H = unitsX*256/step, unitsY*256/step
	if l, ok := luma.LayoutOf(f.Pixel); ok && l.Pitch == 2 && p.whole() {
		p.W = f.Width / 4 * 4 * 256 / step // pairs of pixels are read by four
	}
	p.Person = int32(person * 256 / (step * p.Scale))
	p.SpanX, p.SpanY = f.Width*256*256/(step*p.Scale), f.Height*256*256/(step*p.Scale)
	if p.Person < minPerson*256 || p.W < 8 || p.H < 8 {
		return Plan{}, fmt.Errorf("%w: %d pixels give %d cells, want %d; hang the camera lower or take a larger format",
			ErrCoarse, person/256, p.Person/256, minPerson)
	}
	return p, nil
}

// whole tells whether cells are squares of whole pixels of a raw format.
func (p *Plan) whole() bool { return p.Scale == 1 && p.Step%256 == 0 && p.Step >= wholePixels*256 }

func ceil(a, b int) int { return (a + b - 1) / b }

// root is the integer square root, rounded down.
func root(n uint64) int {
	r := uint64(0)
	for bit := uint64(1) << 31; bit > 0; bit >>= 1 {
		if (r+bit)*(r+bit) <= n {
			r += bit
		}
	}
	return int(r)
}
