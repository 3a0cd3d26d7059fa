// Package blob finds person-sized groups of foreground cells that no track explains. Fourth stage of
// counting, after foreground; the tracker starts a track at each.
package blob

import (
	"math/bits"

	"tellijn/counting"
)

// Blob is one group in one cycle. Positions are in 1/256 cell, the middle of the first cell is 128.
type Blob struct {
	X, Y int32
	Mass int32 // cells
	Dim  int32 // of them cells that may be shadow

	Column, Row int // middle of the box they were found in
}

// Finder is the scratch of the search.
type Finder struct {
	column [counting.MaxCellsX]int32 // bits in the rows of the box, by column
}

// Take finds the box of 2*half+1 cells a side that holds most bits of a w x h mask, clears those
// bits and returns their centre. ok is false when no box holds at least least bits.
func (f *Finder) Take(mask, maybe *counting.Bits, w, h, half int, least int32) (b Blob, ok bool) {
	top, bottom, total := extent(mask, h)
	if total < least {
		return Blob{}, false
	}
	x, y := f.best(mask, w, h, half, top, bottom, least)
	if y < 0 {
		return Blob{}, false
	}
	b.Column, b.Row = x, y
	for yy := max(0, y-half); yy <= min(h-1, y+half); yy++ {
		row := mask[yy*counting.Words : (yy+1)*counting.Words]
		for k := range row {
			in := row[k] & between(x-half, x+half, k)
			row[k] &^= in
			b.Dim += int32(bits.OnesCount64(in & maybe[yy*counting.Words+k]))
			for ; in != 0; in &= in - 1 {
				b.X += int32(64*k + bits.TrailingZeros64(in))
				b.Y += int32(yy)
				b.Mass++
			}
		}
	}
	b.X = b.X<<8/b.Mass + 128
	b.Y = b.Y<<8/b.Mass + 128
	return b, true
}

// extent gives the first and last row with a bit, and the number of bits.
func extent(mask *counting.Bits, h int) (top, bottom int, total int32) {
	top = h
	for y := range h {
		row := mask[y*counting.Words : (y+1)*counting.Words]
		n := int32(0)
		for _, b := range row {
			n += int32(bits.OnesCount64(b))
		}
		if n > 0 {
			top, bottom = min(top, y), y
			total += n
		}
	}
	return top, bottom, total
}

// best slides the box over the rows that can hold anything. y is -1 when no box holds least bits.
func (f *Finder) best(mask *counting.Bits, w, h, half, top, bottom int, least int32) (bx, by int) {
	clear(f.column[:w])
	by = -1
	most := least - 1
	for y := max(0, top-half); y <= min(h-1, bottom+half); y++ {
		if y == max(0, top-half) {
			for yy := max(0, y-half); yy <= min(h-1, y+half); yy++ {
				f.row(mask, yy, 1)
			}
		} else {
			if y+half < h {
				f.row(mask, y+half, 1)
			}
			if y-half-1 >= 0 {
				f.row(mask, y-half-1, -1)
			}
		}
		var sum int32
		for x := range min(half, w) {
			sum += f.column[x]
		}
		for x := range w {
			if x+half < w {
				sum += f.column[x+half]
			}
			if x-half-1 >= 0 {
				sum -= f.column[x-half-1]
			}
			if sum > most {
				most, bx, by = sum, x, y
			}
		}
	}
	return bx, by
}

func (f *Finder) row(mask *counting.Bits, y int, sign int32) {
	for k := range counting.Words {
		for b := mask[y*counting.Words+k]; b != 0; b &= b - 1 {
			f.column[64*k+bits.TrailingZeros64(b)] += sign
		}
	}
}

// between has the bits of word k whose columns are in [from, to].
func between(from, to, k int) uint64 {
	from, to = max(from-64*k, 0), min(to-64*k, 63)
	if from > to {
		return 0
	}
	return ^uint64(0) << from & (^uint64(0) >> (63 - to))
}
