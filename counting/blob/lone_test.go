package blob

import (
	"testing"

	"tellijn/counting"
)

const side = 10 // of a person, cells

// promoted tells how many cells of a 10 x 10 dim square at 50, 50 come into a mask that holds the
// given boxes.
func promoted(boxes [][4]int, known *Known) (n int32) {
	var l Lone
	l.Set(side*256, Defaults())
	var f Finder
	var dim, mask, free counting.Bits
	box(&dim, 50, 50, 59, 59)
	for _, b := range boxes {
		box(&mask, b[0], b[1], b[2], b[3])
	}
	f.Promote(&dim, &mask, &free, 160, 120, &l, known)
	for y := 50; y < 60; y++ {
		for x := 50; x < 60; x++ {
			if mask.Get(x, y) {
				n++
			}
		}
	}
	return n
}

// What looks like a shadow is somebody when nobody is near who could throw it, and when somebody is
// known to be there.
func TestPromote(t *testing.T) {
	neighbour := [][4]int{{62, 50, 71, 59}}
	known := func(x, y int32, pale bool) *Known {
		k := new(Known)
		k.Add(x<<8, y<<8, pale)
		return k
	}
	for _, c := range []struct {
		name  string
		boxes [][4]int
		known *Known
		want  int32
	}{
		{"alone", nil, &Known{}, 100},
		{"beside somebody", neighbour, &Known{}, 0},
		{"beside somebody, known", neighbour, known(55, 55, true), 100},
		{"beside somebody, known in other clothes", neighbour, known(55, 55, false), 100},
		{"the somebody beside is known", neighbour, known(66, 55, false), 0},
		{"somebody leans in, known", [][4]int{{57, 50, 66, 59}}, known(55, 55, true), 100},
		{"somebody leans in, known in other clothes", [][4]int{{57, 50, 66, 59}}, known(55, 55, false), 30},
		{"known, far away", neighbour, known(90, 55, true), 0},
		{"known, all there", [][4]int{{50, 50, 59, 56}}, known(55, 54, false), 70},
	} {
		if n := promoted(c.boxes, c.known); n != c.want {
			t.Errorf("%s: %d of 100 cells in the mask, want %d", c.name, n, c.want)
		}
	}
}
