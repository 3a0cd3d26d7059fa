package foreground

import "tellijn/counting"

// dense keeps cells with at least 4 solid cells among the 3x3 around them, themselves included; the
// picture goes on at its edges. It adds whole words of bits at once: the ones and twos of three
// cells side by side, then of three such rows.
func (m *Model) dense(s *Scratch) {
	n := (m.w + 63) / 64
	var ones, twos [3][counting.Words]uint64 // of the rows above, here and below
	m.beside(s.solid[:counting.Words], &ones[1], &twos[1])
	ones[0], twos[0] = ones[1], twos[1]
	for y := range m.h {
		if y+1 < m.h {
			m.beside(s.solid[(y+1)*counting.Words:(y+2)*counting.Words], &ones[2], &twos[2])
		} else {
			ones[2], twos[2] = ones[1], twos[1]
		}
		for k := range n {
			a, b, c := ones[0][k], ones[1][k], ones[2][k]
			d := a&b | (a|b)&c // two ones are one more two
			a, b, c = twos[0][k], twos[1][k], twos[2][k]
			s.Mask[y*counting.Words+k] = a&b | c&d | (a|b)&(c|d) // two twos or more
		}
		ones[0], twos[0], ones[1], twos[1] = ones[1], twos[1], ones[2], twos[2]
	}
}

// beside adds each cell of a row and its two neighbours.
func (m *Model) beside(row []uint64, ones, twos *[counting.Words]uint64) {
	last := m.w - 1
	for k := range (m.w + 63) / 64 {
		c := row[k]
		l, r := c<<1, c>>1
		if k > 0 {
			l |= row[k-1] >> 63
		} else {
			l |= c & 1
		}
		if k < last/64 {
			r |= row[k+1] << 63
		} else {
			r |= c & (1 << (last % 64))
		}
		ones[k] = l ^ c ^ r
		twos[k] = l&c | (l|c)&r
	}
	if last%64 != 63 {
		ones[last/64] &= 1<<(last%64+1) - 1
		twos[last/64] &= 1<<(last%64+1) - 1
	}
}
