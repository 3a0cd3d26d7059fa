package counting

// Words of one row of bits.
const Words = (MaxCellsX + 63) / 64

// Bits holds one bit a cell, Words to a row, so that a row is worked on as whole words.
type Bits [MaxCellsY * Words]uint64

// Get tells the bit of cell x, y.
func (b *Bits) Get(x, y int) bool { return b[y*Words+x>>6]>>(x&63)&1 != 0 }

// Flat holds one bit a cell, row after row without a gap.
type Flat [MaxCells / 64]uint64

// Get tells the bit of cell i.
func (f *Flat) Get(i int) bool { return f[i>>6]>>(i&63)&1 != 0 }

// Set sets the bit of cell i.
func (f *Flat) Set(i int) { f[i>>6] |= 1 << (i & 63) }
