package scan

import (
	"fmt"

	"tellijn/counting/luma/mjpeg/huffman"
	"tellijn/counting/luma/mjpeg/marker"
)

// The two loops here take nearly all the time. They call nothing, so that their state can stay in
// registers, and stop wherever the lookups do not answer: stuck steps over that place and they
// are called again. Blocks are counted in i, the coefficients of one block in k.

// MaxBlocks of one MCU (T.81 B.2.3).
const MaxBlocks = 10

// near is the number of coefficients that Low holds.
const near = 5

// Low holds the first coefficients of one block, quantised, in zigzag order. Number 0 is the
// difference of the DC coefficient. Without the near ones the others mean nothing; number 3 never
// means anything.
type Low [8]int32

// Luma reads the next count blocks of component 0. What it reads of them was chosen with the tables.
func (s *Stream) Luma(t *huffman.Tables, lows *[MaxBlocks]Low, count int, nearby bool) error {
	var stop uint
	if nearby {
		stop = near
	}
	i, k := s.luma(t, lows, 0, count, 0, stop)
	for i < count {
		var err error
		if i, k, err = s.stuck(t, 0, i, k, &lows[i]); err != nil {
			return err
		}
		i, k = s.luma(t, lows, i, count, k, stop)
	}
	return nil
}

// Chroma steps over the next count blocks of component 1 or 2, or of both if they share a slot.
func (s *Stream) Chroma(t *huffman.Tables, comp, count int) error {
	table := &t.Chroma[t.Slot(comp)&1]
	i, k := s.chroma(table, 0, count, 0)
	for i < count {
		var err error
		if i, k, err = s.stuck(t, comp, i, k, nil); err != nil {
			return err
		}
		i, k = s.chroma(table, i, count, k)
	}
	return nil
}

func (s *Stream) luma(t *huffman.Tables, lows *[MaxBlocks]Low, i, count int, k, stop uint) (int, uint) {
	data, p := s.data, s.Place
	pos, acc, n := p.pos, p.acc, p.n
	var ok bool
blocks:
	for i < count {
		l := &lows[i]
		if k == 0 {
			if n < least {
				if pos, acc, n, ok = refill(data, pos, acc, n); !ok {
					break
				}
			}
			e := t.Luma[acc>>(64-huffman.Bits)]
			if e == huffman.Lost {
				break
			}
			l[0] = int32(int64(e<<36) >> 52)
			if e&huffman.Far != 0 {
				size := uint(e >> 16 & 15)
				l[0] = huffman.Extend(acc<<((uint(e)-size)&63), size)
				e &= 0xFFFF
			}
			if stop > 0 {
				l[1], l[2], l[4] = int32(int64(e<<24)>>52), int32(int64(e<<12)>>52), int32(int64(e)>>52)
			}
			k = uint(e>>huffman.Shift) & 255
			acc <<= e & 63
			n -= uint(e & 63)
		}
		for k < stop {
			if n < least {
				if pos, acc, n, ok = refill(data, pos, acc, n); !ok {
					break blocks
				}
			}
			e := t.Low[acc>>(64-huffman.LowBits)]
			if e == huffman.Lost {
				break blocks
			}
			v := int32(e) >> 16
			if e&huffman.Far != 0 {
				v = huffman.Extend(acc<<((uint(e)-uint(v))&63), uint(v))
			}
			move := uint(e>>huffman.Shift) & 255
			if at := k + move - 1; at < near {
				l[at] = v
			}
			k += move
			acc <<= e & 63
			n -= uint(e & 63)
		}
		for k < 64 {
			if n < least {
				if pos, acc, n, ok = refill(data, pos, acc, n); !ok {
					break blocks
				}
			}
			e := uint(t.Skip[acc>>(64-huffman.Bits)])
			to := k + e>>huffman.Shift
			if to&64 != 0 {
				break blocks
			}
			k = to
			acc <<= e & 63
			n -= e & 63
		}
		k = 0
		i++
	}
	p.pos, p.acc, p.n = pos, acc, n
	return i, k
}

func (s *Stream) chroma(t *[2 << huffman.Bits]uint16, i, count int, k uint) (int, uint) {
	data, p := s.data, s.Place
	pos, acc, n := p.pos, p.acc, p.n
	half := uint64(0)
	if k > 0 {
		half = huffman.Inside
	}
	for i < count {
		if n < least {
			var ok bool
			if pos, acc, n, ok = refill(data, pos, acc, n); !ok {
				break
			}
		}
		e := uint(t[(acc>>(64-huffman.Bits)|half)&uint64(len(t)-1)])
		to := k + e>>huffman.Shift
		if to&64 != 0 {
			break
		}
		k = to
		half = huffman.Inside
		acc <<= e & 63
		n -= e & 63
		if k >= huffman.Ended {
			k = 0
			half = 0
			i++
		}
	}
	p.pos, p.acc, p.n = pos, acc, n
	return i, k
}

// stuck fills up, or reads one symbol without lookups, and so always gets on.
func (s *Stream) stuck(t *huffman.Tables, comp, i int, k uint, l *Low) (int, uint, error) {
	if s.n < least {
		s.fill()
		return i, k, nil
	}
	length, zeros, size, ok := t.Symbol(comp, k == 0, uint32(s.acc>>48))
	if !ok || k+zeros > 63 {
		if s.n < s.pad+16 { // made-up bits may be to blame
			return i, k, s.ended()
		}
		return i, k, fmt.Errorf("%w: wild code before byte %d, at coefficient %d", marker.ErrCorrupt, s.pos, k+zeros)
	}
	s.acc <<= length
	v := huffman.Extend(s.acc, size)
	s.acc <<= size
	s.n -= length + size
	if k > 0 && zeros == 0 && size == 0 {
		return i + 1, 0, nil
	}
	if k == 0 && l != nil {
		*l = Low{}
	}
	if k += zeros; k < near && l != nil {
		l[k] = v
	}
	if k++; k == 64 {
		return i + 1, 0, nil
	}
	return i, k, nil
}
