package track

import (
	"math/bits"

	"tellijn/counting"
	"tellijn/counting/blob"
)

// candidate is a track that can own cells of one row: its place, and what its distance to the row
// adds to the squared distance.
type candidate struct {
	place  uint8
	weight int32 // its squared distance counts this many times, 1/256
	x, dy2 int32
}

// assign gives each cell of the mask to the nearest track within reach and adds up what each track
// owns. In the second pass only the core of what it owns says where the track is, and cells that
// nobody owns are free for births.
func (t *Table) assign(in *Seen, s *Scratch, second bool) {
	for set := t.Live; set != 0; set &= set - 1 {
		s.sums[bits.TrailingZeros64(set)] = sum{}
	}
	for y := range t.h {
		row := in.Mask[y*counting.Words : (y+1)*counting.Words]
		any := uint64(0)
		for _, b := range row {
			any |= b
		}
		if any == 0 {
			if second {
				clear(s.Free[y*counting.Words : (y+1)*counting.Words])
			}
			continue
		}
		n := t.candidates(s, int32(y))
		for k, b := range row {
			free := b
			if second {
				t.Covered += int32(bits.OnesCount64(b))
			}
			for ; b != 0; b &= b - 1 {
				x := 64*k + bits.TrailingZeros64(b)
				if place, core := t.owner(s.reach[:n], int32(x)); place > 0 {
					free &^= b & -b
					a := &s.sums[place-1]
					a.mass++
					if in.Dim[y*counting.Words+k]&b&-b != 0 {
						a.dim++
					}
					if core || !second {
						a.core++
						a.x += int32(x)<<8 + 128
						a.y += int32(y)<<8 + 128
					}
				}
			}
			if second {
				s.Free[y*counting.Words+k] = free
			}
		}
	}
}

// candidates lists the tracks that reach row y.
func (t *Table) candidates(s *Scratch, y int32) (n int) {
	for set := t.Live; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		k := &t.Tracks[i]
		dy := (y<<8 + 128 - k.Y) >> 4
		weight := int32(256)
		if k.Hits == 1 {
			weight = 128 // its prediction is a guess, so it may own cells from farther off
		}
		if dy2 := dy * dy; dy2*weight>>8 < t.reach2 {
			s.reach[n] = candidate{uint8(i + 1), weight, k.X >> 4, dy2}
			n++
		}
	}
	return n
}

// owner gives the place + 1 of the nearest candidate to column x, 0 when none reaches it, and
// whether the cell is in its core.
func (t *Table) owner(list []candidate, x int32) (place uint8, core bool) {
	least := t.reach2
	for i := range list {
		c := &list[i]
		dx := x<<4 + 8 - c.x
		d := dx*dx + c.dy2
		if d > 2*t.reach2 {
			continue
		}
		if d = d * c.weight >> 8; d < least {
			least, place = d, c.place
		}
	}
	return place, least < t.core2
}

// Protected sets the bits of all cells within reach of a person who is known to walk.
func (t *Table) Protected(protected *counting.Flat) {
	*protected = counting.Flat{}
	for set := t.Live; set != 0; set &= set - 1 {
		k := &t.Tracks[bits.TrailingZeros64(set)]
		if !k.walks || k.anchored >= t.protect || k.Miss > 0 {
			continue
		}
		reach := t.length(t.s.Shield)
		if k.pale {
			reach = t.length(t.s.Wide)
		}
		for y := max(0, int(k.Y-reach)>>8); y <= min(t.h-1, int(k.Y+reach)>>8); y++ {
			dy := (int32(y)<<8 + 128 - k.Y) >> 4
			for x := max(0, int(k.X-reach)>>8); x <= min(t.w-1, int(k.X+reach)>>8); x++ {
				dx := (int32(x)<<8 + 128 - k.X) >> 4
				if dx*dx+dy*dy < square(reach) {
					protected.Set(y*t.w + x)
				}
			}
		}
	}
}

// Expected lists where the people who are known to walk should be after so many cycles.
func (t *Table) Expected(known *blob.Known, elapsed uint32) {
	for set := t.Live; set != 0; set &= set - 1 {
		if k := &t.Tracks[bits.TrailingZeros64(set)]; k.walks {
			known.Add(k.X+k.VX*int32(elapsed), k.Y+k.VY*int32(elapsed), k.pale)
		}
	}
}
