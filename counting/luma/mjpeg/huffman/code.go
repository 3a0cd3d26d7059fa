package huffman

import (
	"fmt"

	"tellijn/counting/luma/mjpeg/marker"
)

// code is one Huffman code as its DHT segment gives it, and what is needed to read it bit by bit.
type code struct {
	spec   [16 + 256]uint8 // BITS and HUFFVAL of T.81 B.2.4.2, kept to tell whether the next differs
	size   int             // bytes of spec in use
	limit  [17]uint32      // for each length: the first 16 bits that are no code of that length or less
	offset [17]int32       // from a code of that length to its place in spec
}

// Begin forgets which codes the frame before gave, not the codes.
func (t *Tables) Begin() { t.given, t.any = [2][2]bool{}, false }

// Define reads the payload of a DHT segment, which may hold several codes.
func (t *Tables) Define(s []byte) error {
	t.any = true
	for len(s) > 0 {
		if len(s) < 17 {
			return fmt.Errorf("%w: Huffman table of %d bytes, want at least 17", marker.ErrCorrupt, len(s))
		}
		class, id, n := s[0]>>4, s[0]&15, 0
		for _, c := range s[1:17] {
			n += int(c)
		}
		if class > 1 || n > 256 || len(s) < 17+n {
			return fmt.Errorf("%w: Huffman table of class %d with %d values in %d bytes", marker.ErrCorrupt, class, n, len(s))
		}
		if id > 1 {
			// T.81 table B.5 allows baseline frames two; no camera is known to have more.
			return fmt.Errorf("%w: Huffman table %d, want 0 or 1", marker.ErrUnsupported, id)
		}
		if err := t.set(class, id, s[1:17+n]); err != nil {
			return err
		}
		s = s[17+n:]
	}
	return nil
}

// set takes one code.
func (t *Tables) set(class, id uint8, spec []byte) error {
	c := &t.codes[class&1][id&1]
	t.given[class&1][id&1] = true
	if string(c.spec[:c.size]) == string(spec) {
		return nil
	}
	t.built = Choice{}
	c.size = 0 // until it proves good
	first, place := uint32(0), int32(16)
	for l := 1; l <= 16; l++ {
		n := uint32(spec[l-1])
		c.offset[l] = place - int32(first)
		first += n
		place += int32(n)
		if first > 1<<l {
			return fmt.Errorf("%w: Huffman table with more codes of %d bits than there are", marker.ErrCorrupt, l)
		}
		c.limit[l] = first << (16 - l)
		first <<= 1
	}
	for i, b := range spec {
		c.spec[i] = b
	}
	c.size = len(spec)
	return nil
}

// Symbol reads one symbol of a component from the next 16 bits: the AC one, or the DC one at the
// start of a block. It returns the length of the code, how many coefficients of zero come first, and
// how many magnitude bits follow; 0 zeros and a size of 0 end the block. It is false for bits
// that are no code, or stand for what no 8-bit frame holds.
func (t *Tables) Symbol(comp int, start bool, bits uint32) (length, zeros, size uint, ok bool) {
	p := t.built.Pairs[comp]
	c := &t.codes[1][p.AC&1]
	if start {
		c = &t.codes[0][p.DC&1]
	}
	for l := uint(1); l <= 16; l++ {
		if bits < c.limit[l] {
			value := c.spec[int32(bits>>(16-l))+c.offset[l]]
			zeros, size = uint(value>>4), uint(value&15)
			if start {
				return l, zeros, size, value <= maxDC
			}
			return l, zeros, size, valid(zeros, size)
		}
	}
	return 0, 0, 0, false
}

// valid tells whether an AC symbol may occur (T.81 F.1.2.2.1): of those without a coefficient only the
// end of the block and the run of 16 zeros.
func valid(zeros, size uint) bool {
	return size <= maxAC && (size != 0 || zeros == 0 || zeros == 15)
}
