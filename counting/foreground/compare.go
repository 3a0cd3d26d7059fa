package foreground

import (
	"encoding/binary"
	"math/bits"

	"tellijn/counting"
)

const (
	// deviations that a cell must differ to be foreground.
	deviations = 3
	// wildest deviation that is learnt: a cell that varies more is no better known for it.
	wildest = 20 * grey * ones
)

// compare classes every cell as Clear or Solid, four at a time, and learns where it is Clear and
// not shielded by a person. It returns the number of Solid cells.
func (m *Model) compare(cells []uint8, protected *counting.Flat, s *Scratch) (count int) {
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
				s.fore[row*counting.Words+x>>6] |= 1 << (x & 63)
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

// lanes holds one 16-bit value a cell, four to a word, in 1/128 grey: the top bit of each lane stays
// free, so that four cells are compared and learnt in one go.
type lanes [counting.MaxCells / 4]uint64

const (
	grey = 128                   // one grey level in a lane
	top  = 0x8000_8000_8000_8000 // the free bit of each lane
	ones = 0x0001_0001_0001_0001
)

func (l *lanes) at(i int) int32 { return int32(l[i>>2] >> (i & 3 * 16) & 0xFFFF) }

func (l *lanes) set(i int, v int32) {
	shift := i & 3 * 16
	l[i>>2] = l[i>>2]&^(0xFFFF<<shift) | uint64(uint16(v))<<shift
}

// spread puts four bytes into four lanes as grey levels.
func spread(v uint32) uint64 {
	w := uint64(v)
	w = (w | w<<16) & 0x0000_FFFF_0000_FFFF
	w = (w | w<<8) & 0x00FF_00FF_00FF_00FF
	return w << 7
}

// whole turns the top bit of each lane into a mask of the lane.
func whole(bits uint64) uint64 { return bits & top >> 15 * 0xFFFF }

// distance gives |a - b| of each lane and a mask of the lanes where a < b.
func distance(a, b uint64) (d, less uint64) {
	d = (a | top) - b
	less = whole(^d)
	return ((d ^ less) + less&ones) &^ top, less
}

// above has the top bit of each lane where a > b.
func above(a, b uint64) uint64 { return ^((b | top) - a) & top }

// pace spreads a rate over cycles so that each is a shift: a rate between two powers of two takes
// the larger step in as many cycles as it takes.
type pace struct {
	shift uint  // the smaller step is 1 / 2^shift
	over  int32 // how much more the rate is, 1/65536
	owed  int32
}

func paceOf(rate int32) (p pace) {
	p.shift = 16
	for p.shift > 1 && int32(1)<<(16-p.shift+1) <= rate {
		p.shift--
	}
	p.over = rate - int32(1)<<(16-p.shift)
	return p
}

// next gives the shift of this cycle.
func (p *pace) next() uint {
	p.owed += p.over
	if step := int32(1) << (16 - p.shift); p.owed >= step {
		p.owed -= step
		return p.shift - 1
	}
	return p.shift
}
