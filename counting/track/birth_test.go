package track

import (
	"testing"
	"time"

	"tellijn/counting"
)

// large is the side of a person in these tests, in cells: enough for a head to have a middle.
const large = 10

// cells sets those of a box whose sides are given, all included.
func cells(m *counting.Bits, left, top, right, bottom int) {
	for y := top; y <= bottom; y++ {
		for x := left; x <= right; x++ {
			m[y*counting.Words+x>>6] |= 1 << (x & 63)
		}
	}
}

// dressed is what a cycle shows of people whose clothes look like shadow.
type dressed struct{ mask, maybe, dim counting.Bits }

// born gives the tracks that live after a cycle that began with somebody at these places.
func (d *dressed) born(known ...[2]int) int {
	f := newFollower()
	f.Set(width, height, large*256, 40*time.Millisecond, Defaults())
	for i, at := range known {
		f.Live |= 1 << i
		f.Tracks[i] = Track{X: int32(at[0])<<8 + 128, Y: int32(at[1])<<8 + 128, Hits: 9, walks: true}
	}
	f.Table.Step(&Seen{&d.mask, &d.maybe, &d.dim, 1, false}, &f.scratch)
	return f.count()
}

// A head over a body that looks like shadow is somebody, beside somebody else too; what may be anything
// else is nobody.
func TestHeads(t *testing.T) {
	head := func(m *counting.Bits, x, y int) { cells(m, x-2, y-2, x+1, y+1) }
	body := func(m *counting.Bits, x, y int) { cells(m, x-5, y-4, x+4, y+4) }
	beside := func(d *dressed, x, y int) { // somebody in clothes that differ
		cells(&d.mask, x-5, y-5, x+4, y+4)
	}
	for _, c := range []struct {
		name  string
		draw  func(d *dressed)
		known [][2]int
		more  int
	}{
		{"a head and a body", func(d *dressed) { head(&d.mask, 50, 50); body(&d.dim, 50, 50) }, nil, 1},
		{"a head and nothing", func(d *dressed) { head(&d.mask, 50, 50) }, nil, 0},
		{"a body and nothing", func(d *dressed) { body(&d.dim, 50, 50) }, nil, 0},
		{"a head as dark as a shadow", func(d *dressed) {
			head(&d.mask, 50, 50)
			head(&d.maybe, 50, 50)
			body(&d.dim, 50, 50)
		}, nil, 0},
		{"a rim and no head", func(d *dressed) {
			cells(&d.mask, 45, 46, 46, 54)
			cells(&d.mask, 54, 46, 55, 54)
			body(&d.dim, 50, 50)
		}, nil, 0},
		{"a little body that is in the mask, too", func(d *dressed) {
			head(&d.mask, 50, 50)
			cells(&d.mask, 45, 53, 54, 54)
			cells(&d.dim, 45, 53, 54, 54)
		}, nil, 0},
		{"beside somebody", func(d *dressed) {
			head(&d.mask, 50, 50)
			body(&d.dim, 50, 50)
			beside(d, 66, 50)
		}, [][2]int{{66, 50}}, 1},
		{"too near to somebody", func(d *dressed) {
			head(&d.mask, 50, 50)
			body(&d.dim, 50, 50)
			beside(d, 62, 50)
		}, [][2]int{{62, 50}}, 0},
		{"beside somebody who may be its shadow", func(d *dressed) {
			head(&d.mask, 50, 50)
			body(&d.dim, 50, 50)
			beside(d, 65, 50)
			cells(&d.maybe, 60, 45, 69, 54)
		}, [][2]int{{65, 50}}, 0},
		{"at the edge of the picture", func(d *dressed) { head(&d.mask, 5, 50); body(&d.dim, 5, 50) }, nil, 0},
		{"beside somebody at the edge of the picture", func(d *dressed) {
			head(&d.mask, 21, 50)
			body(&d.dim, 21, 50)
			beside(d, 6, 50)
		}, [][2]int{{6, 50}}, 0},
		{"beside somebody, a bit farther in", func(d *dressed) {
			head(&d.mask, 22, 50)
			body(&d.dim, 22, 50)
			beside(d, 7, 50)
		}, [][2]int{{7, 50}}, 1},
		{"beside somebody who may be its shadow, and far from another", func(d *dressed) {
			head(&d.mask, 50, 50)
			body(&d.dim, 50, 50)
			beside(d, 65, 50)
			cells(&d.maybe, 60, 45, 69, 54)
			beside(d, 100, 80)
		}, [][2]int{{100, 80}, {65, 50}}, 0},
		{"far from a shadow", func(d *dressed) {
			head(&d.mask, 50, 50)
			body(&d.dim, 50, 50)
			beside(d, 68, 50)
			cells(&d.maybe, 63, 45, 72, 54)
		}, [][2]int{{68, 50}}, 1},
	} {
		d := new(dressed)
		c.draw(d)
		if n := d.born(c.known...); n != len(c.known)+c.more {
			t.Errorf("%s: %d tracks of %d known, want %d more", c.name, n, len(c.known), c.more)
		}
	}
}
