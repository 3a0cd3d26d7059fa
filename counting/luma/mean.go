package luma

import "encoding/binary"

// packed adds YUYV and UYVY: every second byte is luma, so a masked word is four lanes.
func (s *Sums) packed(dst []uint8, rows []byte, stride, factor, offset int) {
	if offset == 0 && factor == 8 {
		dst, rows = eights(dst, rows, stride)
	} else if offset == 0 && factor == 4 {
		dst, rows = fours(dst, rows, stride)
	}
	if len(dst) == 0 {
		return
	}
	words := (len(dst)*factor + 3) / 4
	sums := s.lanes[:words]
	shift := uint(8 * offset)
	y := 0
	for ; y+4 <= factor; y += 4 {
		add4(sums, rows[y*stride:], rows[(y+1)*stride:], rows[(y+2)*stride:], rows[(y+3)*stride:], shift, y == 0)
	}
	for ; y < factor; y++ {
		add1(sums, rows[y*stride:], shift, y == 0)
	}
	inverse := reciprocal(factor)
	for c := range dst {
		dst[c] = uint8(uint64(span(sums, c*factor, (c+1)*factor)) * inverse >> 32)
	}
}

// planar adds NV12, YU12 and GREY: every byte is luma. Even and odd bytes of a word go to two
// neighbouring words of lanes.
func (s *Sums) planar(dst []uint8, rows []byte, stride, factor int) {
	words := (len(dst)*factor + 7) / 8
	sums := s.lanes[:2*words]
	clear(sums)
	for y := range factor {
		row := rows[y*stride:]
		whole := min(words, len(row)/8)
		for i := range whole {
			w := binary.LittleEndian.Uint64(row[8*i : 8*i+8])
			sums[2*i] += w & even
			sums[2*i+1] += w >> 8 & even
		}
		for x := 8 * whole; x < min(8*words, len(row)); x++ { // the last row may lack its padding
			sums[x/8*2+x&1] += uint64(row[x]) << (x >> 1 & 3 * 16)
		}
	}
	inverse := reciprocal(factor)
	for c := range dst {
		sum := spanPlanar(sums, c*factor, (c+1)*factor)
		dst[c] = uint8(uint64(sum) * inverse >> 32)
	}
}

// lanesToTop multiplies a word so that the sum of its four lanes ends in the top 16 bits.
const lanesToTop = 0x0001_0001_0001_0001

// reciprocal of factor squared in 1/2^32, rounded up so that a flat field keeps its value.
func reciprocal(factor int) uint64 {
	n := uint64(factor * factor)
	return (1<<32 + n - 1) / n
}

// block is how many bytes of a row are added up at once: their bounds are checked together.
const block = 256

func add4(sums []uint64, a, b, c, d []byte, shift uint, first bool) {
	for len(sums) >= block/8 && len(a) >= block && len(b) >= block && len(c) >= block && len(d) >= block {
		to := (*[block / 8]uint64)(sums)
		if first {
			*to = [block / 8]uint64{}
		}
		addBlock(to, (*[block]byte)(a), (*[block]byte)(b), (*[block]byte)(c), (*[block]byte)(d), shift)
		sums, a, b, c, d = sums[block/8:], a[block:], b[block:], c[block:], d[block:]
	}
	n := 8 * len(sums)
	a, b, c, d = a[:n], b[:n], c[:n], d[:n]
	for i := range sums {
		t := binary.LittleEndian.Uint64(a[8*i:8*i+8])>>shift&even +
			binary.LittleEndian.Uint64(b[8*i:8*i+8])>>shift&even +
			binary.LittleEndian.Uint64(c[8*i:8*i+8])>>shift&even +
			binary.LittleEndian.Uint64(d[8*i:8*i+8])>>shift&even
		if !first {
			t += sums[i]
		}
		sums[i] = t
	}
}

func addBlock(to *[block / 8]uint64, a, b, c, d *[block]byte, shift uint) {
	_, _, _, _, _ = to[0], a[0], b[0], c[0], d[0] // checks for nil once, not for every word
	if shift == 0 {
		for i := range to {
			to[i] += binary.LittleEndian.Uint64(a[8*i:8*i+8])&even +
				binary.LittleEndian.Uint64(b[8*i:8*i+8])&even +
				binary.LittleEndian.Uint64(c[8*i:8*i+8])&even +
				binary.LittleEndian.Uint64(d[8*i:8*i+8])&even
		}
		return
	}
	for i := range to {
		to[i] += binary.LittleEndian.Uint64(a[8*i:8*i+8])>>(shift&63)&even +
			binary.LittleEndian.Uint64(b[8*i:8*i+8])>>(shift&63)&even +
			binary.LittleEndian.Uint64(c[8*i:8*i+8])>>(shift&63)&even +
			binary.LittleEndian.Uint64(d[8*i:8*i+8])>>(shift&63)&even
	}
}

func add1(sums []uint64, a []byte, shift uint, first bool) {
	a = a[:8*len(sums)]
	for i := range sums {
		t := binary.LittleEndian.Uint64(a[8*i:8*i+8]) >> (shift & 63) & even
		if !first {
			t += sums[i]
		}
		sums[i] = t
	}
}

// span adds lanes [from, to).
func span(sums []uint64, from, to int) uint32 {
	i, j := from/4, (to-1)/4
	head := ^uint64(0) << (from % 4 * 16)
	tail := ^uint64(0) >> (48 - (to-1)%4*16)
	if i == j {
		return uint32(sums[i] & head & tail * lanesToTop >> 48)
	}
	t := uint32(sums[i]&head*lanesToTop>>48) + uint32(sums[j]&tail*lanesToTop>>48)
	for k := i + 1; k < j; k++ {
		t += uint32(sums[k] * lanesToTop >> 48)
	}
	return t
}

// spanPlanar adds pixels [from, to) where word 2i holds even and 2i+1 odd pixels of group i.
func spanPlanar(sums []uint64, from, to int) uint32 {
	var t uint32
	for i := from / 8; i <= (to-1)/8; i++ {
		a, b := max(from-8*i, 0), min(to-8*i, 8)
		t += lanes(sums[2*i], (a+1)/2, (b+1)/2) + lanes(sums[2*i+1], a/2, b/2)
	}
	return t
}

// lanes adds lanes [a, b) of one word, 0 <= a <= b <= 4.
func lanes(w uint64, a, b int) uint32 {
	if a >= b {
		return 0
	}
	w = w >> (16 * a) << (16 * (4 - b + a)) // the wanted lanes move to the top, the rest falls out
	return uint32(w * lanesToTop >> 48)
}
