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

// company is what is known of a track and its mate from when both were whole in the picture and
// walked. What is long ago counts half, and half again.
type company struct {
	seen  int32 // cycles, and over these cycles added up:
	gap   int32 // the distance between them, 1/16 cell
	gap2  int32 // its square
	bulk  int32 // cells that both owned
	ahead int32 // squared cosine between that distance and their way, 1/256
}

// accompany adds a cycle; gap2 is the squared distance in 1/16 cell.
func (t *Table) accompany(k, o *Track, gap2 int32) {
	c := &k.company
	if c.seen >= t.recall {
		c.seen, c.gap, c.gap2, c.bulk, c.ahead = c.seen/2, c.gap/2, c.gap2/2, c.bulk/2, c.ahead/2
	}
	c.seen++
	c.gap2 += gap2
	c.gap += root(gap2)
	c.bulk += k.Mass + o.Mass
	ox, oy, vx, vy := int64(k.X-o.X), int64(k.Y-o.Y), int64(k.VX+o.VX), int64(k.VY+o.VY)
	if n := (ox*ox + oy*oy) * (vx*vx + vy*vy) >> 8; n > 0 {
		dot := ox*vx + oy*vy
		c.ahead += int32(dot * dot / n)
	}
}

// walking tells that a track moves fast enough to be somebody who walks.
func (t *Table) walking(k *Track) bool {
	return int64(k.VX)*int64(k.VX)+int64(k.VY)*int64(k.VY) > t.walk2
}

// whole tells that all of a person here is in the picture: at its edge people look cut or stretched.
func (t *Table) whole(k *Track) bool {
	edge := t.length(t.s.Edge)
	return min(k.X, k.Y) > edge && k.X < int32(t.w)<<8-edge && k.Y < int32(t.h)<<8-edge
}

// one tells that a track and its mate walk nearer to each other than two bodies can.
func (t *Table) one(k *Track) bool {
	c := &k.company
	return c.seen >= t.window && c.gap*16 < c.seen*t.length(t.s.Bodies) &&
		c.bulk < c.seen*(int32(t.s.BodiesOf)*t.area>>8)
}

// Cart tells that a track and its mate go one behind the other as if they were one thing: a person
// and the cart that is pushed or pulled.
func (t *Table) Cart(i int) bool {
	k := &t.Tracks[i]
	c, n := &k.company, int64(k.seen)
	if k.Mate == 0 || c.seen < t.rigid || c.gap*16 >= c.seen*t.length(t.s.Shaft) ||
		c.ahead < c.seen*int32(t.s.Behind) || c.bulk < c.seen*(int32(t.s.Load)*t.area>>8) {
		return false
	}
	sway := int64(t.length(t.s.Sway)) / 16
	return int64(c.gap2)*n-int64(c.gap)*int64(c.gap) < n*n*sway*sway
}

// root gives the whole root of n.
func root(n int32) (r int32) {
	for bit := int32(1) << 15; bit > 0; bit >>= 1 {
		if v := r + bit; int64(v)*int64(v) <= int64(n) {
			r = v
		}
	}
	return r
}
