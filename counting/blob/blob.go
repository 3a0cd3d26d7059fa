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
	e := measure(mask, h)
	if e.total < least {
		return Blob{}, false
	}
	x, y := f.best(mask, w, h, half, e, least)
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

// extent is where a mask has bits, and how many.
type extent struct {
	top, bottom, left, right int
	total                    int32
}

func measure(mask *counting.Bits, h int) (e extent) {
	var all [counting.Words]uint64
	e.top = h
	for y := range h {
		row := mask[y*counting.Words : (y+1)*counting.Words]
		n := int32(0)
		for k, b := range row {
			all[k] |= b
			n += int32(bits.OnesCount64(b))
		}
		if n > 0 {
			e.top, e.bottom = min(e.top, y), y
			e.total += n
		}
	}
	e.left = 64 * counting.Words
	for k, b := range all {
		if b != 0 {
			e.left, e.right = min(e.left, 64*k+bits.TrailingZeros64(b)), 64*k+63-bits.LeadingZeros64(b)
		}
	}
	return e
}

// best slides the box over what can hold anything. by is -1 when no box holds least bits.
func (f *Finder) best(mask *counting.Bits, w, h, half int, e extent, least int32) (bx, by int) {
	from, to := max(0, e.left-half), min(w-1, e.right+half)
	clear(f.column[:w])
	by = -1
	most := least - 1
	for y := max(0, e.top-half); y <= min(h-1, e.bottom+half); y++ {
		if y == max(0, e.top-half) {
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
		for x := max(0, from-half); x < min(from+half, w); x++ {
			sum += f.column[x]
		}
		for x := from; x <= to; x++ {
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

// Without counts the bits of m that are not in other, in the box of 2*half+1 cells a side around x, y.
func Without(m, other *counting.Bits, h, x, y, half int) (n int32) {
	for yy := max(0, y-half); yy <= min(h-1, y+half); yy++ {
		for k := range counting.Words {
			in := m[yy*counting.Words+k] &^ other[yy*counting.Words+k]
			n += int32(bits.OnesCount64(in & between(x-half, x+half, k)))
		}
	}
	return n
}
