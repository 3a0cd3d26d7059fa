package blob

import (
	"testing"

	"pgregory.net/rapid"
	"tellijn/counting"
)

// box sets the bits of a rectangle, edges included.
func box(m *counting.Bits, x0, y0, x1, y1 int) {
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			m[y*counting.Words+x>>6] |= 1 << (x & 63)
		}
	}
}

// take looks for a blob among the bits of mask, none of which may be shadow.
func take(mask *counting.Bits, w, h, half int, least int32) (Blob, bool) {
	var f Finder
	return f.Take(mask, &counting.Bits{}, w, h, half, least)
}

func TestTake(t *testing.T) {
	for _, c := range []struct {
		name        string
		boxes       [][4]int
		half        int
		least       int32
		x, y, mass  int32 // of the one found; 1/256 cell
		left        int32 // bits left over
		nothingFits bool
	}{
		{name: "one square", boxes: [][4]int{{20, 30, 24, 34}}, half: 2, least: 25, x: 22*256 + 128, y: 32*256 + 128, mass: 25},
		{name: "one cell", boxes: [][4]int{{0, 0, 0, 0}}, half: 2, least: 1, x: 128, y: 128, mass: 1},
		{name: "last corner", boxes: [][4]int{{159, 119, 159, 119}}, half: 3, least: 1, x: 159*256 + 128, y: 119*256 + 128, mass: 1},
		{name: "across words", boxes: [][4]int{{62, 50, 65, 53}}, half: 2, least: 16, x: 64 * 256, y: 52 * 256, mass: 16},
		{name: "the larger", boxes: [][4]int{{10, 10, 12, 12}, {100, 80, 103, 83}}, half: 2, least: 5, x: 102 * 256, y: 82 * 256, mass: 16, left: 9},
		{name: "what is in the box", boxes: [][4]int{{40, 40, 59, 40}}, half: 2, least: 5, x: 42*256 + 128, y: 40*256 + 128, mass: 5, left: 15},
		{name: "too few", boxes: [][4]int{{10, 10, 12, 12}}, half: 2, least: 10, nothingFits: true, left: 9},
		{name: "too thin", boxes: [][4]int{{0, 10, 159, 10}}, half: 2, least: 6, nothingFits: true, left: 160},
		{name: "nothing", half: 2, least: 1, nothingFits: true},
	} {
		var m counting.Bits
		for _, b := range c.boxes {
			box(&m, b[0], b[1], b[2], b[3])
		}
		b, ok := take(&m, counting.MaxCellsX, counting.MaxCellsY, c.half, c.least)
		if ok == c.nothingFits || ok && (b.X != c.x || b.Y != c.y || b.Mass != c.mass) {
			t.Errorf("%s: %+v %v, want x %d, y %d, mass %d", c.name, b, ok, c.x, c.y, c.mass)
		}
		if left := measure(&m, counting.MaxCellsY).total; left != c.left {
			t.Errorf("%s: %d bits left, want %d", c.name, left, c.left)
		}
	}
}

// On any mask the box found holds as many bits as any box can, and just those are gone.
func TestTakeTakesTheMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h, half := rapid.IntRange(8, 100).Draw(t, "w"), rapid.IntRange(8, 40).Draw(t, "h"), rapid.IntRange(1, 6).Draw(t, "half")
		var m counting.Bits
		for range rapid.IntRange(1, 12).Draw(t, "boxes") {
			x, y := rapid.IntRange(0, w-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y")
			box(&m, x, y, min(w-1, x+rapid.IntRange(0, 9).Draw(t, "dx")), min(h-1, y+rapid.IntRange(0, 9).Draw(t, "dy")))
		}
		most := int32(0)
		for y := range h {
			for x := range w {
				most = max(most, inBox(&m, w, h, x, y, half))
			}
		}
		before := measure(&m, h).total
		b, ok := take(&m, w, h, half, 1)
		after := measure(&m, h).total
		if !ok || b.Mass != most || before-after != most {
			t.Errorf("found %+v %v and cleared %d bits, the fullest box holds %d", b, ok, before-after, most)
		}
		if b.X < 0 || b.Y < 0 || b.X >= int32(w)<<8 || b.Y >= int32(h)<<8 {
			t.Errorf("%+v lies outside %dx%d", b, w, h)
		}
	})
}

// Without counts what is in one mask and not in the other, and only in the box, which may lie over the
// edge.
func TestWithout(t *testing.T) {
	var m, other counting.Bits
	box(&m, 60, 0, 69, 9)
	box(&other, 66, 0, 80, 4)
	for _, c := range []struct {
		x, y, half int
		want       int32
	}{{65, 5, 20, 80}, {65, 2, 0, 1}, {66, 2, 0, 0}, {62, 7, 2, 25}, {66, 5, 2, 19}, {60, 0, 3, 16}, {159, 119, 9, 0}} {
		if n := Without(&m, &other, counting.MaxCellsY, c.x, c.y, c.half); n != c.want {
			t.Errorf("%d cells within %d of %d, %d; want %d", n, c.half, c.x, c.y, c.want)
		}
	}
}
