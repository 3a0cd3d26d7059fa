package canvas

import "tellijn/hal/camera/sim/fixed"

// clothSide is the side of the square of cloth, in texels. It repeats without a seam.
const clothSide = 64

// weaveDeep is the most that cloth adds or takes.
const weaveDeep = 9

// weave fills the square with value noise at two scales, about -9 to 9 grey levels.
func weave(cloth *[clothSide * clothSide]int8, seed uint64) {
	for y := range int32(clothSide) {
		for x := range int32(clothSide) {
			v := Value(seed, 1, x<<8/8, y<<8/8, clothSide/8)*6 +
				Value(seed, 2, x<<8/4, y<<8/4, clothSide/4)*3
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

// Value is smooth noise from -256 to 256 at a place in 1/256 of a lattice, which repeats after
// period lattice steps (0: never).
func Value(seed, layer uint64, x, y, period int32) int32 {
	fx, fy := ease(x&255), ease(y&255)
	lx, ly := x>>8, y>>8
	a, b := corner(seed, layer, lx, ly, period), corner(seed, layer, lx+1, ly, period)
	c, d := corner(seed, layer, lx, ly+1, period), corner(seed, layer, lx+1, ly+1, period)
	top, bottom := a+(b-a)*fx>>8, c+(d-c)*fx>>8
	return top + (bottom-top)*fy>>8
}

// ease is 3t^2 - 2t^3 for t in 1/256.
func ease(t int32) int32 { return t * t * (3*256 - 2*t) >> 16 }

func corner(seed, layer uint64, x, y, period int32) int32 {
	if period > 0 {
		x, y = x%period, y%period
	}
	h := fixed.Hash(seed+layer<<56, uint64(uint32(x))<<32|uint64(uint32(y)))
	return int32(h>>55) - 256 // -256 to 255
}
