package canary

import "crypto/cipher"

// A frame is baseline JPEG (ITU-T T.81) of three components with chroma halved across (4:2:2), as USB cameras
// give it. Its Huffman codes are its own, so that nearly every coded bit is chance.
const (
	block = 8  // samples a side
	waves = 15 // coefficients of a block that are coded beside the mean, of 63
	// mostBits bounds a block: a mean of 4+10 bits, waves of 2+10 each, and 3 for the end.
	mostBits = 4 + 10 + waves*(2+10) + 3
	// meanBits is the size of a mean: half of what a coefficient of 2 steps can be, so that a difference
	// has 10 bits at most.
	meanBits = 9
)

// end is the marker EOI (T.81 B.1.1.3), which closes a frame.
const end = "\xFF\xD9"

// endCode stops the coefficients of a block; its bits follow the three codes of coefficients.
const endCode = 0b110

// most bounds the bytes of a frame: every coded byte may be 0xFF, which a zero follows.
func most(w, h int) int {
	return len(head(w, h)) + len(end) + 2*((units(w, h)*4*mostBits+7)/8)
}

// units is the number of pieces of 16x8 samples.
func units(w, h int) int { return (w + 2*block - 1) / (2 * block) * ((h + block - 1) / block) }

// head is all that comes before coded data.
func head(w, h int) []byte {
	b := []byte{0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0} // SOI; DQT (B.2.4.1): one table
	for range block * block {
		b = append(b, 2)
	}
	b = append(b, 0xFF, 0xC0, 0, 17, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 3, // SOF0 (B.2.2)
		1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0)
	// DHT (B.2.4.2): for means, 11 codes of 4 bits for the sizes 0 to 10.
	b = append(b, 0xFF, 0xC4, 0, 2+17+11, 0x00, 0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	// For waves, 3 codes of 2 bits for the sizes 6, 8 and 10 without zeros before them, one of 3 bits
	// for the end of the block.
	b = append(b, 0xFF, 0xC4, 0, 2+17+4, 0x10, 0, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 8, 10, 0)
	return append(b, 0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0) // SOS (B.2.3)
}

// coded makes one frame of w x h pixels.
func coded(w, h int, random cipher.Stream) Frame {
	c := coder{out: head(w, h), random: random}
	f := Frame{Head: len(c.out), Tail: len(end)}
	var last [3]int
	for range units(w, h) {
		for _, component := range [...]int{0, 0, 1, 2} {
			mean := int(c.chance(meanBits)) - 1<<(meanBits-1)
			c.mean(mean - last[component])
			last[component] = mean
			for range waves {
				c.wave()
			}
			c.bits(endCode, 3)
		}
	}
	for c.n != 0 {
		c.bits(1, 1) // T.81 F.1.2.3: ones up to a whole byte
	}
	f.Data = append(c.out, end...)
	return f
}

type coder struct {
	out    []byte
	byte   byte // being filled
	n      int  // bits in it
	random cipher.Stream
	pool   [4096]byte // of randomness
	left   int        // unused bytes at its end
}

// chance gives n bits of randomness, 16 at most.
func (c *coder) chance(n int) uint {
	if c.left < 2 {
		clear(c.pool[:])
		c.random.XORKeyStream(c.pool[:], c.pool[:])
		c.left = len(c.pool)
	}
	p := c.pool[len(c.pool)-c.left:]
	c.left -= 2
	return (uint(p[0]) | uint(p[1])<<8) & (1<<n - 1)
}

// mean codes a difference of means (T.81 F.1.2.1).
func (c *coder) mean(diff int) {
	size := 0
	for a := max(diff, -diff); a > 0; a >>= 1 {
		size++
	}
	if diff < 0 {
		diff += 1<<size - 1
	}
	c.bits(uint(size), 4)
	c.bits(uint(diff), size)
}

// wave codes a coefficient of chance (T.81 F.1.2.2); any bits of a size are one.
func (c *coder) wave() {
	which := c.chance(16) % 3
	size := 6 + 2*int(which)
	c.bits(which, 2)
	c.bits(c.chance(size), size)
}

// bits appends the lowest n bits of v, the highest first.
func (c *coder) bits(v uint, n int) {
	for n--; n >= 0; n-- {
		c.byte = c.byte<<1 | byte(v>>n&1)
		if c.n++; c.n < 8 {
			continue
		}
		c.out = append(c.out, c.byte)
		if c.byte == 0xFF {
			c.out = append(c.out, 0) // T.81 B.1.1.5
		}
		c.byte, c.n = 0, 0
	}
}
