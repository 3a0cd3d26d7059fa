package blob

import (
	"math/bits"

	"tellijn/counting/foreground"
)

// Lone says what a shadow without a person is. Areas are in cells.
type Lone struct {
	Half  int   // box of a person, half its side
	Least int32 // dim cells in it that could be somebody
	Near  int   // half the side of the box around in which a person would have to be
	Solid int32 // mask cells there that would be that person
	Most  int32 // dim cells there at most: more is a cloud
}

// Promote adds person-sized groups of dim cells to the mask when nobody is near who could throw
// them as a shadow: they are somebody in clothes as grey as the floor in shade. dim is used up.
func (f *Finder) Promote(dim, mask *foreground.Bits, w, h int, l Lone) {
	whole := *dim
	for range 4 {
		before := *dim
		b, ok := f.Take(dim, dim, w, h, l.Half, l.Least)
		if !ok {
			return
		}
		x, y := int(b.X>>8), int(b.Y>>8)
		if inBox(mask, w, h, x, y, l.Near) >= l.Solid || inBox(&whole, w, h, x, y, l.Near) > l.Most {
			continue
		}
		for i := range mask {
			mask[i] |= before[i] &^ dim[i]
		}
	}
}

// inBox counts the bits in the box of 2*half+1 cells a side around x, y.
func inBox(m *foreground.Bits, w, h, x, y, half int) (n int32) {
	for yy := max(0, y-half); yy <= min(h-1, y+half); yy++ {
		for k := range foreground.Words {
			n += int32(bits.OnesCount64(m[yy*foreground.Words+k] & between(x-half, x+half, k)))
		}
	}
	return n
}
