package foreground

import "tellijn/counting"

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
