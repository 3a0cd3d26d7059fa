package foreground

import (
	"encoding/binary"
	"math/bits"
)

// Flat holds one bit a cell, row after row without a gap.
type Flat [len(lanes{}) / 16]uint64

// Get tells the bit of cell i.
func (f *Flat) Get(i int) bool { return f[i>>6]>>(i&63)&1 != 0 }

// Set sets the bit of cell i.
func (f *Flat) Set(i int) { f[i>>6] |= 1 << (i & 63) }

const (
	// deviations that a cell must differ to be foreground.
	deviations = 3
	// wildest deviation that is learnt: a cell that varies more is no better known for it.
	wildest = 20 * grey * ones
)

// compare classes every cell as Clear or Solid, four at a time, and learns where it is Clear and
// not shielded by a person. It returns the number of Solid cells.
func (m *Model) compare(cells []uint8, protected *Flat, s *Scratch) (count int) {
	pace := &m.learn
	if m.since < m.start {
		pace = &m.learnFast
	}
	shift := pace.next()
	half := uint64(ones) << shift >> 1
	kept := 0xFFFF >> shift * uint64(ones)
	least := uint64(m.s.Least) * grey * ones
	groups := (m.w*m.h + 3) / 4
	mean := m.mean[:groups]
	deviation := m.deviation[:len(mean)]
	cells = cells[:4*len(mean)]
	row, end := 0, m.w
	for g := range mean {
		b, d := mean[g], deviation[g]
		away, less := distance(spread(binary.LittleEndian.Uint32(cells[4*g:4*g+4])), b)
		solid := above(away, least) & above(away, d*deviations)
		learn := ^uint64(0)
		if solid != 0 {
			learn = ^whole(solid)
			for f := solid; f != 0; f &= f - 1 {
				i := 4*g + bits.TrailingZeros64(f)>>4
				for i >= end {
					row, end = row+1, end+m.w
				}
				x := i - end + m.w
				s.fore[row*Words+x>>6] |= 1 << (x & 63)
				s.Class[i] = Solid
				count++
			}
		}
		if p := protected[g>>4] >> (g & 15 * 4) & 15; p != 0 {
			learn &^= (p | p<<15 | p<<30 | p<<45) & ones * 0xFFFF
		}
		step := (away + half) >> shift & kept & learn
		mean[g] = b + step&^less - step&less
		if wild := above(away, wildest); wild != 0 {
			wild = whole(wild)
			away = away&^wild | wildest&wild
		}
		spread, down := distance(away, d)
		step = (spread + half) >> shift & kept & learn
		deviation[g] = d + step&^down - step&down
	}
	return count
}
