package blob

import (
	"math/bits"

	"tellijn/counting"
)

// Settings say when a shadow has nobody to throw it, the same for every camera. Areas are in 1/256
// of a person's area, the length in 1/256 of its side.
type Settings struct {
	Least int // even darkness in one person's square that could be somebody
	Near  int // half the side of the square around in which a person would have to be
	Solid int // area there that would be that person
	Body  int // less area in the mask than this is not all of somebody known to be there
	Most  int // darkness there at most: more is a cloud
}

// Defaults are the settings of every device.
func Defaults() Settings { return Settings{Least: 140, Near: 384, Solid: 110, Body: 64, Most: 600} }

// Lone finds shadows without a person. Sides are in cells, areas in cells.
type Lone struct {
	half, near               int
	least, solid, most, body int32
}

// Set sizes it for a person of this side in 1/256 cell.
func (l *Lone) Set(person int32, s Settings) {
	area := int32(int64(person) * int64(person) >> 16)
	l.half, l.near = int(person/2+128)>>8, int(person)*s.Near>>16
	l.body = area * int32(s.Body) >> 8
	l.least, l.solid, l.most = area*int32(s.Least)>>8, area*int32(s.Solid)>>8, area*int32(s.Most)>>8
}

// Known lists where people should be who were seen to walk, in 1/256 cell.
type Known struct {
	n    int
	at   [counting.MaxTracks]struct{ x, y int32 }
	pale uint64 // a bit for each that looked like a shadow
}

// Add notes one of them, pale if it looked like a shadow when last seen.
func (k *Known) Add(x, y int32, pale bool) {
	if k.n == len(k.at) {
		return
	}
	k.at[k.n].x, k.at[k.n].y = x, y
	if pale {
		k.pale |= 1 << k.n
	}
	k.n++
}

// Promote adds person-sized groups of dim cells to the mask when nobody is near who could throw
// them as a shadow: they are somebody in clothes as grey as the floor in shade. Where a person is
// known to be who looks like a shadow, or of whom too little is in the mask, it does so whoever is
// near. free is scratch.
func (f *Finder) Promote(dim, mask, free *counting.Bits, w, h int, l *Lone, known *Known) {
	for i := range known.at[:known.n] {
		x, y := int(known.at[i].x>>8), int(known.at[i].y>>8)
		if known.pale>>i&1 != 0 || inBox(mask, w, h, x, y, l.half) < l.body {
			raise(dim, mask, h, x, y, l.half)
		}
	}
	*free = *dim
	for range 4 {
		b, ok := f.Take(free, dim, w, h, l.half, l.least)
		if !ok {
			return
		}
		x, y := int(b.X>>8), int(b.Y>>8)
		if inBox(mask, w, h, x, y, l.near) >= l.solid || inBox(dim, w, h, x, y, l.near) > l.most {
			continue
		}
		raise(dim, mask, h, b.Column, b.Row, l.half)
	}
}

// raise adds the dim cells of a box to the mask.
func raise(dim, mask *counting.Bits, h, x, y, half int) {
	for yy := max(0, y-half); yy <= min(h-1, y+half); yy++ {
		for k := range counting.Words {
			mask[yy*counting.Words+k] |= dim[yy*counting.Words+k] & between(x-half, x+half, k)
		}
	}
}

// inBox counts the bits in the box of 2*half+1 cells a side around x, y.
func inBox(m *counting.Bits, w, h, x, y, half int) (n int32) {
	for yy := max(0, y-half); yy <= min(h-1, y+half); yy++ {
		for k := range counting.Words {
			n += int32(bits.OnesCount64(m[yy*counting.Words+k] & between(x-half, x+half, k)))
		}
	}
	return n
}
