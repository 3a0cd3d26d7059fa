package luma

import "encoding/binary"

// The two commonest cells of the commonest format, 8 x 8 and 4 x 4 pixels of YUYV, are added up
// without going through Sums. Each takes blocks of every row at once, so that their bounds are
// checked together, and gives back what is left for the general way.

func word(b *[block]byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:at+8]) & even }

func eights(dst []uint8, rows []byte, stride int) ([]uint8, []byte) {
	const cells = block / 16
	for len(dst) >= cells && len(rows) >= 7*stride+block {
		to := (*[cells]uint8)(dst)
		a, b := (*[block]byte)(rows), (*[block]byte)(rows[stride:])
		c, d := (*[block]byte)(rows[2*stride:]), (*[block]byte)(rows[3*stride:])
		e, f := (*[block]byte)(rows[4*stride:]), (*[block]byte)(rows[5*stride:])
		g, h := (*[block]byte)(rows[6*stride:]), (*[block]byte)(rows[7*stride:])
		for x := 0; x <= block-16; x += 16 {
			y := x + 8
			t := word(a, x) + word(b, x) + word(c, x) + word(d, x) +
				word(e, x) + word(f, x) + word(g, x) + word(h, x) +
				word(a, y) + word(b, y) + word(c, y) + word(d, y) +
				word(e, y) + word(f, y) + word(g, y) + word(h, y)
			to[x/16] = uint8(t * lanesToTop >> 54)
		}
		dst, rows = dst[cells:], rows[block:]
	}
	return dst, rows
}

func fours(dst []uint8, rows []byte, stride int) ([]uint8, []byte) {
	const cells = block / 8
	for len(dst) >= cells && len(rows) >= 3*stride+block {
		to := (*[cells]uint8)(dst)
		a, b := (*[block]byte)(rows), (*[block]byte)(rows[stride:])
		c, d := (*[block]byte)(rows[2*stride:]), (*[block]byte)(rows[3*stride:])
		for x := 0; x <= block-8; x += 8 {
			to[x/8] = uint8((word(a, x) + word(b, x) + word(c, x) + word(d, x)) * lanesToTop >> 52)
		}
		dst, rows = dst[cells:], rows[block:]
	}
	return dst, rows
}
