package track

import "math/bits"

// pair finds for each track the one that goes along within arm's length: a cart that is pushed, a
// person side by side, or another part of the same person.
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
			k.Mate, k.With, k.company = mate, 0, company{}
			continue
		}
		k.With += elapsed
		if mate == 0 || k.Miss > 0 || !t.walking(k) {
			continue
		}
		if o := &t.Tracks[mate-1]; t.whole(k) && t.whole(o) {
			t.accompany(k, o, least)
		}
	}
}

// InLine tells whether two tracks go one behind the other just now.
func (t *Table) InLine(i, j int) bool {
	a, b := &t.Tracks[i], &t.Tracks[j]
	ox, oy := int64(a.X-b.X), int64(a.Y-b.Y)
	vx, vy := int64(a.VX+b.VX), int64(a.VY+b.VY)
	dot := ox*vx + oy*vy
	return dot*dot*256 > (ox*ox+oy*oy)*(vx*vx+vy*vy)*int64(t.s.InLine)
}

// merge drops the younger of two tracks that share one person.
func (t *Table) merge() {
	limit, together := square(t.length(t.s.Merge)), int32(t.s.MergeOf)*t.area>>8
	for set := t.Live; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		for rest := set & (set - 1); rest != 0; rest &= rest - 1 {
			j := bits.TrailingZeros64(rest)
			a, b := &t.Tracks[i], &t.Tracks[j]
			if (t.Merged>>i|t.Merged>>j)&1 != 0 {
				continue
			}
			young := j
			if b.Hits > a.Hits {
				young = i
			}
			if square(a.X-b.X)+square(a.Y-b.Y) >= limit || a.Mass+b.Mass >= together {
				continue
			}
			k := &t.Tracks[young]
			if k.near += 2; k.near > 4 {
				t.Merged |= 1 << young
				k.Into = uint8(i + j - young)
			}
		}
	}
	for set := t.Live &^ t.Merged; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		k := &t.Tracks[i]
		if k.near > 0 {
			k.near--
		}
		if k.Mate == 0 || t.Merged>>(k.Mate-1)&1 != 0 {
			continue
		}
		if k.Hits <= t.Tracks[k.Mate-1].Hits && t.one(k) {
			t.Merged |= 1 << i
			k.Into = k.Mate - 1
		}
	}
	t.Live &^= t.Merged
}
