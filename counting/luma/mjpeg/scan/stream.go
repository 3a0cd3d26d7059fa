// Package scan walks through the coded blocks of an MJPEG frame in place. It gives the lowest
// coefficients of luma and steps over everything else. It never copies coded data and never knows
// where in the frame a block lies. counting/luma/mjpeg makes units of what it finds.
package scan

import (
	"encoding/binary"
	"fmt"

	"tellijn/counting/luma/mjpeg/marker"
)

// Stream gives the bits of a scan. Stuffed zeros are left out (T.81 F.1.2.3); at a marker and at the
// end of the data it goes on with zeros, and counts them.
type Stream struct {
	data []byte
	*Place
}

// Place is how far a scan is read. It holds no pointer, so that it may live from call to call where
// the collector does not look.
type Place struct {
	pos int    // the next byte
	acc uint64 // the next bits, first at the top
	n   uint   // how many of them there are, at most 63
	pad uint   // how many of those were made up, since the last marker
}

// least is how many bits are there before any lookup or symbol: more than one can take, which is
// 16 bits of code and 11 of magnitude.
const least = 32

// New is the place of the first coded byte.
func New(pos int) Place { return Place{pos: pos} }

// In goes on at the place, which moves on with the stream. In data other than it was made for, that
// gives errors or nonsense, and no harm.
func (p *Place) In(data []byte) Stream { return Stream{data, p} }

// Pos is the next byte that was not taken in.
func (p *Place) Pos() int { return p.pos }

// refill tops the bits up to at least 56 if the next eight bytes are plain. It is what the hot loops
// do in place; they leave anything else to fill.
func refill(data []byte, pos int, acc uint64, n uint) (int, uint64, uint, bool) {
	if uint(pos)+8 > uint(len(data)) {
		return pos, acc, n, false
	}
	w := binary.BigEndian.Uint64(data[pos : pos+8 : pos+8])
	// There is a byte of 0xFF if there is a zero byte in the complement.
	if w&(^w-0x0101010101010101)&0x8080808080808080 != 0 {
		return pos, acc, n, false
	}
	return pos + int((63-n)>>3), acc | w>>(n&63), n | 56, true
}

// fill tops the bits up to at least 56, whatever comes.
func (s *Stream) fill() {
	for s.n < 56 {
		b := uint64(0)
		switch {
		case s.pos < len(s.data) && s.data[s.pos] != 0xFF:
			b = uint64(s.data[s.pos])
			s.pos++
		case s.pos+1 < len(s.data) && s.data[s.pos+1] == 0:
			b = 0xFF
			s.pos += 2
		default:
			s.pad += 8
		}
		s.acc |= b << (56 - s.n)
		s.n += 8
	}
}

// Check tells whether more bits were taken than there are.
func (s *Stream) Check() error {
	if s.pad > s.n {
		return s.ended()
	}
	return nil
}

// ended tells what came where coded data should go on.
func (s *Stream) ended() error {
	m, at, err := marker.Next(s.data, s.pos)
	if err != nil {
		return err
	}
	if m == marker.EOI {
		return fmt.Errorf("%w: end marker at byte %d before the last block", marker.ErrTruncated, at-1)
	}
	return fmt.Errorf("%w: marker %#02x at byte %d amid coded data", marker.ErrCorrupt, m, at-1)
}

// Resume steps over restart marker number n, 0 to 7. No more than the rest of a byte may lie before it
// (T.81 F.1.2.3).
func (s *Stream) Resume(n int) error {
	if err := s.Check(); err != nil {
		return err
	}
	if s.n-s.pad > 7 {
		return fmt.Errorf("%w: coded data before byte %d where restart marker %d is due", marker.ErrCorrupt, s.pos, n)
	}
	m, at, err := marker.Next(s.data, s.pos)
	if err != nil {
		return err
	}
	if m != marker.RST0+byte(n) {
		return fmt.Errorf("%w: marker %#02x at byte %d, want restart marker %d", marker.ErrCorrupt, m, at-1, n)
	}
	*s.Place = Place{pos: at}
	return nil
}
