package track

import "math/bits"

// pair finds for each track the one that goes along within arm's length: a cart that is pushed, or
// a person side by side.
func (t *Table) pair(elapsed uint32) {
	limit := square(t.length(t.s.Arm))
	for set := t.Live; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		k := &t.Tracks[i]
		mate, least := uint8(0), limit
		for rest := t.Live &^ (1 << i); rest != 0; rest &= rest - 1 {
			j := bits.TrailingZeros64(rest)
			o := &t.Tracks[j]
			if d := square(k.X-o.X) + square(k.Y-o.Y); d < least && o.Miss == 0 && o.Hits >= Sure {
				mate, least = uint8(j+1), d
			}
		}
		if mate != k.Mate {
			k.Mate, k.With = mate, 0
			continue
		}
		k.With += elapsed
	}
}

// InLine tells whether two tracks go one behind the other.
func (t *Table) InLine(i, j int) bool {
	a, b := &t.Tracks[i], &t.Tracks[j]
	ox, oy := int64(a.X-b.X), int64(a.Y-b.Y)
	vx, vy := int64(a.VX+b.VX), int64(a.VY+b.VY)
	dot := ox*vx + oy*vy
	return dot*dot*100 > (ox*ox+oy*oy)*(vx*vx+vy*vy)*int64(t.s.Behind)
}
