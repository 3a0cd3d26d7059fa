package crossing

import (
	"math/bits"

	"tellijn/counting/scene"
	"tellijn/counting/track"
)

// Inside counts the sure tracks inside a zone. spanX and spanY are the picture's size in 1/256 cell.
func Inside(z *scene.Zone, t *track.Table, spanX, spanY int) (n uint16) {
	for set := t.Live; set != 0; set &= set - 1 {
		k := &t.Tracks[bits.TrailingZeros64(set)]
		if k.Hits >= track.Sure && holds(z, int64(k.X)<<16/int64(spanX), int64(k.Y)<<16/int64(spanY)) {
			n++
		}
	}
	return n
}

// holds tells whether a polygon holds a point, by the parity of the edges to its right.
func holds(z *scene.Zone, x, y int64) (in bool) {
	for i := range z.Corners[:z.N] {
		p, q := z.Corners[i], z.Corners[(i+1)%z.N]
		py, qy := int64(p.Y), int64(q.Y)
		if (py > y) == (qy > y) {
			continue
		}
		// The edge crosses the height of the point; is it to the right there?
		left := (x - int64(p.X)) * (qy - py)
		right := (y - py) * (int64(q.X) - int64(p.X))
		if (left < right) == (qy > py) {
			in = !in
		}
	}
	return in
}
