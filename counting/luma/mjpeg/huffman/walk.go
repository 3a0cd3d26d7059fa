package huffman

// singles holds for the next Bits bits the one symbol they begin with: its value above its length,
// which is 0 if there is none.
type singles [1 << Bits]uint16

// spread writes each code to all places whose bits begin with it.
func (s *singles) spread(c *code) {
	*s = singles{}
	at, place := 0, 16
	for l := 1; l <= Bits; l++ {
		for range c.spec[l-1] {
			for range 1 << (Bits - l) {
				s[at&(len(s)-1)] = uint16(c.spec[place])<<8 | uint16(l)
				at++
			}
			place++
		}
	}
}

// at splits the symbol behind the first taken bits: length of its code, 0 if there is none in
// sight, and the two halves of its value.
func (s *singles) at(peek uint32, taken uint) (length, zeros, size uint) {
	e := s[peek<<taken&uint32(len(s)-1)]
	length = uint(e & 255)
	if taken+length > Bits {
		length = 0
	}
	return length, uint(e >> 12), uint(e >> 8 & 15)
}

// low is the entry for one AC coefficient.
func (s *singles) low(peek uint32) uint32 {
	length, zeros, size := s.at(peek, 0)
	if length == 0 || length > LowBits || !valid(zeros, size) {
		return Lost
	}
	if size == 0 && zeros == 0 {
		return Ended<<Shift | uint32(length)
	}
	e := uint32(zeros+1)<<Shift | uint32(length+size)
	if length+size > LowBits {
		return e | Far | uint32(size)<<16
	}
	return e | uint32(Extend(uint64(peek)<<(64-Bits+length), size))<<16
}

// walk is how far some bits lead into a block.
type walk struct {
	taken uint     // bits
	k     uint     // coefficients
	ended bool     // the block
	far   uint     // the bits of the DC difference, if they are not all in sight
	low   [5]int32 // coefficients met on the way, 0 is the DC difference
}

// start follows a block from its first bit.
func (w *walk) start(dc, ac *singles, peek uint32, near bool) {
	length, zeros, size := dc.at(peek, 0)
	if length == 0 || zeros > 0 || size > maxDC {
		return
	}
	w.taken, w.k = length+size, 1
	if w.taken > Bits {
		w.far = size
		return
	}
	w.low[0] = Extend(uint64(peek)<<(64-Bits+length), size)
	w.run(ac, peek, near)
}

// run follows AC symbols for as long as their codes are in sight and the block is not full. If
// the coefficients up to 4 are wanted it stops at one whose bits are not all in sight.
func (w *walk) run(ac *singles, peek uint32, near bool) {
	for w.taken < Bits {
		length, zeros, size := ac.at(peek, w.taken)
		if length == 0 || !valid(zeros, size) {
			return
		}
		if size == 0 && zeros == 0 {
			w.taken += length
			w.ended = true
			return
		}
		at := w.k + zeros
		if at > 62 {
			return
		}
		if near && at < uint(len(w.low)) {
			if w.taken+length+size > Bits {
				return
			}
			w.low[at] = Extend(uint64(peek)<<(64-Bits+w.taken+length), size)
		}
		w.k = at + 1
		w.taken += length + size
	}
}

// entry packs how far it is.
func (w *walk) entry() uint16 {
	switch {
	case w.taken == 0:
		return Lost
	case w.ended:
		return uint16(w.k+Ended)<<Shift | uint16(w.taken)
	}
	return uint16(w.k)<<Shift | uint16(w.taken)
}

// values is entry, with the coefficients above it.
func (w *walk) values() uint64 {
	e := uint64(w.entry())
	if w.far != 0 {
		return e | Far | uint64(w.far)<<16
	}
	return e | uint64(w.low[0]&0xFFF)<<16 | uint64(w.low[1]&0xFFF)<<28 |
		uint64(w.low[2]&0xFFF)<<40 | uint64(w.low[4]&0xFFF)<<52
}
