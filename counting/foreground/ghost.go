package foreground

// peel clears ghosts. Somebody who stood in view when the background was learnt leaves a hole when
// walking off: its rim looks like the floor beside it in the picture, but not in the background.
func (m *Model) peel(cells []uint8, protected *Bits, s *Scratch) {
	w, least := m.w, int32(m.s.Least)
	for k, was := range m.was {
		for b := was &^ (s.fore[k] &^ protected[k]); b != 0; b &= b - 1 {
			m.ghost[k/Words*w+k%Words*64+trailing(b)] = 0
		}
	}
	for k, fore := range s.fore {
		y := k / Words
		if y == 0 || y >= m.h-1 {
			continue
		}
		for b := fore &^ protected[k]; b != 0; b &= b - 1 {
			x := k%Words*64 + trailing(b)
			if x == 0 || x == w-1 {
				continue
			}
			i := y*w + x
			ghost, real := 0, 0
			for _, j := range [4]int{i - 1, i + 1, i - w, i + w} {
				if s.Class[j] != Clear {
					continue
				}
				a := abs(int32(cells[i]) - int32(cells[j]))
				b := abs(int32(m.mean[i])-int32(m.mean[j])) >> 8
				if a < least && 2*a < b {
					ghost++
				} else {
					real++
				}
			}
			switch {
			case ghost > real:
				m.ghost[i]++
				if int(m.ghost[i]) >= m.s.Ghost {
					m.mean[i] = uint16(cells[i]) << 8
					s.Class[i] = Clear
					s.fore[y*Words+x>>6] &^= 1 << (x & 63)
					m.ghost[i] = 0
				}
			case m.ghost[i] > 0:
				m.ghost[i]--
			}
		}
	}
}

// settleFore learns slowly where something stands, so that a moved chair becomes background in the
// end and a person who stands does not.
func (m *Model) settleFore(cells []uint8, protected *Bits, s *Scratch) {
	hide, dim, spread := m.hide, m.dim, m.spread
	if m.since < m.start {
		hide, dim, spread = m.hideFast, m.learnFast, m.learnFast
	}
	for y := range m.h {
		for k := range Words {
			var solid uint64
			for b := s.fore[y*Words+k]; b != 0; b &= b - 1 {
				x := 64*k + trailing(b)
				i := y*m.w + x
				v := int32(cells[i])
				e := v<<8 - int32(m.mean[i])
				d := int32(m.deviation[i])
				safe := protected[y*Words+k]>>(x&63)&1 != 0
				if s.Class[i] == Shadow && safe {
					continue
				}
				if s.Class[i] == Shadow {
					m.mean[i] = uint16(int32(m.mean[i]) + (e*dim+1<<15)>>16)
					m.deviation[i] = uint16(d + ((min(abs(e), 20<<8)-d)*spread+1<<15)>>16)
					continue
				}
				solid |= 1 << (x & 63)
				m.mean[i] = uint16(int32(m.mean[i]) + (e*hide+1<<15)>>16)
				if safe {
					m.still[i] = 0
					continue
				}
				m.deviation[i] = uint16(d + ((min(abs(e), 20<<8)-d)*m.settle+1<<15)>>16)
				m.absorb(i, uint8(v))
			}
			s.solid[y*Words+k] = solid
			s.Dim[y*Words+k] = s.fore[y*Words+k] &^ solid
		}
	}
}

// absorb takes a cell into the background that kept its luma long enough.
func (m *Model) absorb(i int, v uint8) {
	if abs(int32(v)-int32(m.rest[i])) >= int32(m.s.Least) {
		m.rest[i], m.still[i] = v, 0
		return
	}
	if m.still[i]++; m.still[i] > m.stillFor {
		m.mean[i], m.still[i] = uint16(v)<<8, 0
	}
}

func abs(v int32) int32 {
	if v < 0 {
		return -v
	}
	return v
}
