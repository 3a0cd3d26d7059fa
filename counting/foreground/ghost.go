package foreground

import "tellijn/counting"

// peel clears ghosts. Somebody who stood in view when the background was learnt leaves a hole when
// walking off: its rim looks like the floor beside it in the picture, but not in the background.
func (m *Model) peel(cells []uint8, protected *counting.Flat, s *Scratch) {
	w, least := m.w, int32(m.s.Least)
	for k, was := range m.was {
		for b := was &^ s.fore[k]; b != 0; b &= b - 1 {
			m.ghost[k/counting.Words*w+k%counting.Words*64+trailing(b)] = 0
		}
	}
	for k, fore := range s.fore {
		y := k / counting.Words
		if y == 0 || y >= m.h-1 {
			continue
		}
		for b := fore; b != 0; b &= b - 1 {
			x := k%counting.Words*64 + trailing(b)
			if x == 0 || x == w-1 {
				continue
			}
			i := y*w + x
			if protected.Get(i) {
				m.ghost[i] = 0
				continue
			}
			ghost, real := 0, 0
			for _, j := range [4]int{i - 1, i + 1, i - w, i + w} {
				if s.Class[j] != Clear {
					continue
				}
				a := abs(int32(cells[i]) - int32(cells[j]))
				b := abs(m.mean.at(i)-m.mean.at(j)) / grey
				if a < least && 2*a < b {
					ghost++
				} else {
					real++
				}
			}
			switch {
			case ghost > real:
				m.ghost[i]++
				if m.ghost[i] >= m.ghostFor {
					m.mean.set(i, int32(cells[i])*grey)
					s.Class[i] = Clear
					s.fore[y*counting.Words+x>>6] &^= 1 << (x & 63)
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
func (m *Model) settleFore(cells []uint8, protected *counting.Flat, s *Scratch) {
	hide, dim := m.hide, m.dim
	if m.since < m.start {
		hide, dim = m.hideFast, m.dimFast
	}
	for y := range m.h {
		for k := range counting.Words {
			row := y*counting.Words + k
			var solid uint64
			for b := s.fore[row]; b != 0; b &= b - 1 {
				x := 64*k + trailing(b)
				i := y*m.w + x
				v := cells[i]
				safe := protected.Get(i)
				switch {
				case s.Class[i] == Shadow && safe:
				case s.Class[i] == Shadow:
					m.darken(i, v, dim)
				case m.lifted(i, v):
					s.Class[i] = Clear
					s.fore[row] &^= b & -b
				default:
					solid |= 1 << (x & 63)
					m.settleSolid(i, v, hide, safe)
				}
			}
			s.solid[row] = solid
			s.Dim[row] = s.fore[row] &^ solid
		}
	}
}

// settleSolid learns one solid cell.
func (m *Model) settleSolid(i int, v uint8, hide int32, safe bool) {
	mean, d := m.mean.at(i), m.deviation.at(i)
	e := int32(v)*grey - mean
	m.mean.set(i, mean+(e*hide+1<<15)>>16)
	if m.still[i] == lit {
		return
	}
	if safe {
		m.still[i] = 0
		return
	}
	m.deviation.set(i, d+((min(abs(e), 20*grey)-d)*m.settle+1<<15)>>16)
	m.absorb(i, v)
}

// lit in Carry.still marks a cell whose Carry.rest is its luma from before a shadow was learnt there.
// Such a cell is not absorbed, only learnt slowly.
const lit = 255

// darken learns a shadow, and keeps in mind how light the cell was.
func (m *Model) darken(i int, v uint8, dim int32) {
	mean, d := m.mean.at(i), m.deviation.at(i)
	if m.still[i] != lit {
		m.rest[i], m.still[i] = uint8(mean/grey), lit
	}
	e := int32(v)*grey - mean
	m.mean.set(i, mean+(e*dim+1<<15)>>16)
	m.deviation.set(i, d+((min(abs(e), 20*grey)-d)*dim+1<<15)>>16)
}

// lifted tells that a shadow which had been learnt is gone, and forgets it: whoever stood in a door
// would otherwise leave a light patch that looks like somebody else.
func (m *Model) lifted(i int, v uint8) bool {
	if m.still[i] != lit || int32(v)*grey <= m.mean.at(i) || abs(int32(v)-int32(m.rest[i])) >= int32(m.s.Least) {
		return false
	}
	m.mean.set(i, int32(v)*grey)
	m.still[i] = 0
	return true
}

// forgetLight drops what cells were before shadows, since the light of the day has moved on.
func (m *Model) forgetLight() {
	for i := range m.still[:m.w*m.h] {
		if m.still[i] == lit {
			m.still[i] = 0
		}
	}
}

// absorb takes a cell into the background that kept its luma long enough.
func (m *Model) absorb(i int, v uint8) {
	if abs(int32(v)-int32(m.rest[i])) >= int32(m.s.Least) {
		m.rest[i], m.still[i] = v, 0
		return
	}
	if m.cycles%m.stillStep != 0 {
		return
	}
	if m.still[i]++; m.still[i] > m.stillFor {
		m.mean.set(i, int32(v)*grey)
		m.still[i] = 0
	}
}

func abs(v int32) int32 {
	if v < 0 {
		return -v
	}
	return v
}
