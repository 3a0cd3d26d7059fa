package canvas

import "tellijn/hal/camera/sim/fixed"

// clothSide is the side of the square of cloth, in texels. It repeats without a seam.
const clothSide = 64

// weaveDeep is the most that cloth adds or takes.
const weaveDeep = 9

// weave fills the square with value noise at two scales, about -9 to 9 grey levels.
func weave(cloth *[clothSide * clothSide]int8, seed uint64) {
	wide := Noise{Seed: seed, Layer: 1, Period: clothSide / 8}
	fine := Noise{Seed: seed, Layer: 2, Period: clothSide / 4}
	for y := range int32(clothSide) {
		for x := range int32(clothSide) {
			v := wide.At(x<<8/8, y<<8/8)*6 + fine.At(x<<8/4, y<<8/4)*3
			cloth[y*clothSide+x] = int8(min(max(v>>8, -weaveDeep), weaveDeep))
		}
	}
}

// thread gives the row of cloth for row y of a shape around (cx, cy), and the place on it in
// 1/65536 texel of column x.
func (c *Canvas) thread(y int, ink *Ink, cx, cy int32, x int) (weft []int8, u int32) {
	if ink.Cloth <= 0 {
		return nil, 0
	}
	v := (int32(y)<<8 - cy) * ink.Cloth >> 16 & (clothSide - 1)
	return c.cloth[v*clothSide : (v+1)*clothSide], (int32(x)<<8 - cx) * ink.Cloth
}

// Noise is smooth value noise on a lattice: the same seed and layer give the same hills. It repeats
// after Period lattice steps, or never if that is 0.
type Noise struct {
	Seed, Layer uint64
	Period      int32
	x, y        int32 // the lattice square of the last call, and its corners
	a, b, c, d  int32
	known       bool
}

// At gives the noise, -256 to 256, at a place in 1/256 of the lattice. Neighbours are cheap.
func (n *Noise) At(x, y int32) int32 {
	if lx, ly := x>>8, y>>8; !n.known || lx != n.x || ly != n.y {
		n.x, n.y, n.known = lx, ly, true
		n.a, n.b = n.corner(lx, ly), n.corner(lx+1, ly)
		n.c, n.d = n.corner(lx, ly+1), n.corner(lx+1, ly+1)
	}
	fx, fy := ease(x&255), ease(y&255)
	top, bottom := n.a+(n.b-n.a)*fx>>8, n.c+(n.d-n.c)*fx>>8
	return top + (bottom-top)*fy>>8
}

// ease is 3t^2 - 2t^3 for t in 1/256.
func ease(t int32) int32 { return t * t * (3*256 - 2*t) >> 16 }

func (n *Noise) corner(x, y int32) int32 {
	if n.Period > 0 {
		x, y = x%n.Period, y%n.Period
	}
	h := fixed.Hash(n.Seed+n.Layer<<56, uint64(uint32(x))<<32|uint64(uint32(y)))
	return int32(h>>55) - 256 // -256 to 255
}
