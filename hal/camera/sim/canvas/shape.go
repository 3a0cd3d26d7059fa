package canvas

import "tellijn/hal/camera/sim/fixed"

// Point is a place on the canvas in 1/256 pixel.
type Point struct{ X, Y int32 }

// oval holds an ellipse as rows: half the height, half the width of the middle row, and how far
// (in 1/65536) the middle of a row moves with its height.
type oval struct {
	at         Point
	hy, hx, by int32
	inverse    int32 // of hy, in steps of the table
}

// newOval takes half axes of a along the direction (cos, sin) in 1/16384, and of b across it.
func newOval(at Point, a, b, cos, sin int32) oval {
	ac, as := int64(a)*int64(cos)>>14, int64(a)*int64(sin)>>14
	bc, bs := int64(b)*int64(cos)>>14, int64(b)*int64(sin)>>14
	yy := as*as + bc*bc
	hy := max(fixed.Sqrt(uint64(yy)), Pixel/8)
	return oval{at: at, hy: int32(hy), hx: int32(int64(a) * int64(b) / hy),
		inverse: int32((tableSize << 16) / hy),
		by:      int32((ac*as - bc*bs) << 16 / max(yy, 1))}
}

// row gives the four spans of the row of pixels at y.
func (o *oval) row(c *Canvas, y int, s *[sub]span) {
	for i := range s {
		d := int32(y)<<8 + Pixel/(2*sub) + int32(i)*Pixel/sub - o.at.Y
		t := max(d, -d)
		if t >= o.hy {
			s[i] = span{}
			continue
		}
		half := int32(int64(o.hx) * int64(c.root[t*o.inverse>>16]) >> 15)
		mid := o.at.X + int32(int64(o.by)*int64(d)>>16)
		s[i] = span{mid - half, mid + half}
	}
}

// rows gives the rows of pixels that the shape touches.
func (c *Canvas) rows(from, to int32) (int, int) {
	return max(int(from>>8), 0), min(int(to>>8)+1, c.Height)
}

// Ellipse paints an ellipse with half axes of a pixels/256 along the direction (cos, sin), each
// in 1/16384, and of b across it.
func (c *Canvas) Ellipse(at Point, a, b, cos, sin int32, ink Ink) {
	o := newOval(at, a, b, cos, sin)
	y0, y1 := c.rows(at.Y-o.hy, at.Y+o.hy)
	var s [sub]span
	for y := y0; y < y1; y++ {
		o.row(c, y, &s)
		luma := ink.Luma + ink.Slope*(int32(y)<<8-at.Y)/o.hy
		c.paint(y, &s, luma, &ink, at.X, at.Y)
	}
}

// ring gives the four spans of a convex polygon in the row of pixels at y.
func ring(corners []Point, y int, s *[sub]span) {
	for i := range s {
		at := int32(y)<<8 + Pixel/(2*sub) + int32(i)*Pixel/sub
		l, r := int32(1<<30), int32(-1<<30)
		p := corners[len(corners)-1]
		for _, q := range corners {
			if (p.Y <= at) != (q.Y <= at) {
				x := p.X + int32(int64(at-p.Y)*int64(q.X-p.X)/int64(q.Y-p.Y))
				l, r = min(l, x), max(r, x)
			}
			p = q
		}
		s[i] = span{l, r}
	}
}

func tall(corners []Point) (top, bottom int32) {
	top, bottom = 1<<30, -1<<30
	for _, p := range corners {
		top, bottom = min(top, p.Y), max(bottom, p.Y)
	}
	return top, bottom
}

// Polygon paints a convex polygon.
func (c *Canvas) Polygon(corners []Point, ink Ink) {
	top, bottom := tall(corners)
	y0, y1 := c.rows(top, bottom)
	var s [sub]span
	for y := y0; y < y1; y++ {
		ring(corners, y, &s)
		c.paint(y, &s, ink.Luma, &ink, corners[0].X, corners[0].Y)
	}
}
