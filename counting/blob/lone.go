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
	Most  int // darkness there at most: more is a cloud
}

// Defaults are the settings of every device.
func Defaults() Settings { return Settings{Least: 140, Near: 384, Solid: 110, Most: 600} }

// Lone finds shadows without a person. Sides are in cells, areas in cells.
type Lone struct {
	half, near         int
	least, solid, most int32
}

// Set sizes it for a person of this side in 1/256 cell.
func (l *Lone) Set(person int32, s Settings) {
	area := int32(int64(person) * int64(person) >> 16)
	l.half, l.near = int(person/2+128)>>8, int(person)*s.Near>>16
	l.least, l.solid, l.most = area*int32(s.Least)>>8, area*int32(s.Solid)>>8, area*int32(s.Most)>>8
}

// Promote adds person-sized groups of dim cells to the mask when nobody is near who could throw
// them as a shadow: they are somebody in clothes as grey as the floor in shade. dim is used up.
func (f *Finder) Promote(dim, mask *counting.Bits, w, h int, l *Lone) {
	whole := *dim
	for range 4 {
		before := *dim
		b, ok := f.Take(dim, dim, w, h, l.half, l.least)
		if !ok {
			return
		}
		x, y := int(b.X>>8), int(b.Y>>8)
		if inBox(mask, w, h, x, y, l.near) >= l.solid || inBox(&whole, w, h, x, y, l.near) > l.most {
			continue
		}
		for i := range mask {
			mask[i] |= before[i] &^ dim[i]
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
