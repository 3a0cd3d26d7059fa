// Package canvas draws soft-edged ellipses, polygons and shadows in grey on a plane of luma, in
// whole numbers only. It knows nothing of people or cameras, and the plane is never anything but
// simulated. hal/camera/sim/body draws people with it, hal/camera/sim/grain makes frames of it.
package canvas

import "tellijn/hal/camera/sim/fixed"

// Pixel is one pixel in the coordinates of shapes: they count in 1/256.
const Pixel = 256

// sub is the number of scan lines a row of pixels is drawn with: edges move in quarters of a pixel.
const sub = 4

// Canvas is a plane of luma under work. Use New.
type Canvas struct {
	Width, Height int
	Luma          []byte // Width x Height grey levels
	shade         []byte // darkness of the shadow on each pixel, 0 to 255
	top, bottom   int    // rows of shade in use: [top, bottom)
	left, right   int    // columns likewise
	root          [tableSize + 1]uint16
	cloth         [clothSide * clothSide]int8
}

// tableSize is the number of steps in the table of half widths of the unit circle.
const tableSize = 1024

// New gives a black canvas. The seed decides what clothes are woven like.
func New(width, height int, seed uint64) *Canvas {
	c := &Canvas{
		Width: width, Height: height,
		Luma: make([]byte, width*height), shade: make([]byte, width*height),
	}
	c.none()
	for i := range c.root {
		h := uint64(tableSize*tableSize - i*i)
		c.root[i] = uint16(fixed.Sqrt(h << 30 / (tableSize * tableSize)))
	}
	weave(&c.cloth, seed)
	return c
}

// Ink says what a shape is filled with.
type Ink struct {
	Luma int32 // grey level in the middle; what Slope and Cloth add is cut to stay in 0 to 255
	// Slope is how many grey levels the top edge is darker, and the bottom edge lighter.
	Slope int32
	// Cloth above 0 gives the fill a weave that moves with the shape: it is the number of
	// 1/256 texels to a pixel.
	Cloth int32
}

type span struct{ l, r int32 } // 1/256 pixel; empty when r <= l

// edges gives the columns that the spans touch [x0, x1) and fill wholly [a, b).
func (c *Canvas) edges(s *[sub]span) (x0, a, b, x1 int) {
	lo, hi, in, out := int32(1<<30), int32(-1<<30), int32(-1<<30), int32(1<<30)
	for _, v := range s {
		if v.r <= v.l {
			in = 1 << 30 // no column is filled wholly
			continue
		}
		lo, hi, in, out = min(lo, v.l), max(hi, v.r), max(in, v.l), min(out, v.r)
	}
	x0, x1 = max(int(lo>>8), 0), min(int((hi+Pixel-1)>>8), c.Width)
	if in > 1<<29 || in > out {
		return x0, x1, x1, x1
	}
	a, b = min(max(int((in+Pixel-1)>>8), x0), x1), min(int(out>>8), x1)
	return x0, a, max(a, b), x1
}

// cover tells how much of the pixel at column x the spans fill, 0 to 1024.
func cover(s *[sub]span, x int) int32 {
	l, n := int32(x)<<8, int32(0)
	for _, v := range s {
		if d := min(v.r, l+Pixel) - max(v.l, l); d > 0 {
			n += d
		}
	}
	return n
}

// paint fills one row of a shape around (cx, cy). luma is the grey level of this row.
func (c *Canvas) paint(y int, s *[sub]span, luma int32, ink *Ink, cx, cy int32) {
	x0, a, b, x1 := c.edges(s)
	if x0 >= x1 {
		return
	}
	luma = min(max(luma, weaveDeep), 255-weaveDeep)
	row := c.Luma[y*c.Width : (y+1)*c.Width]
	for x := x0; x < a; x++ {
		row[x] = mix(row[x], luma, cover(s, x))
	}
	for x := b; x < x1; x++ {
		row[x] = mix(row[x], luma, cover(s, x))
	}
	inner := row[a:b]
	weft, u := c.thread(y, ink, cx, cy, a)
	if weft == nil {
		for x := range inner {
			inner[x] = byte(luma)
		}
		return
	}
	for x := range inner {
		inner[x] = byte(luma + int32(weft[u>>16&(clothSide-1)]))
		u += ink.Cloth << 8
	}
}

// mix covers an old grey level n/1024 with luma.
func mix(old byte, luma, n int32) byte {
	return byte(int32(old) + (luma-int32(old))*n>>10)
}
