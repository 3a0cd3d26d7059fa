package foreground

import (
	"math/bits"

	"tellijn/counting"
)

func trailing(b uint64) int { return bits.TrailingZeros64(b) }

// ratio of a cell to its background in 1/4096, both lifted by 8 so that the dark end is calm.
func (m *Model) ratio(cells []uint8, i int) int32 {
	return (int32(cells[i]) + 8) * (4096 * grey) / (m.mean.at(i) + 8*grey)
}

// dimBins of 1/32 hold the ratios of deep shadows.
const dimBins = 32

// shadows classes Solid cells as Shadow where the light fell evenly: a shadow dims the floor by
// one factor over 3x3 cells, a person does not. A light shadow may have any ratio; a deep one only
// the ratio that the sun has lately shown again and again, since dark coats are even too.
func (m *Model) shadows(cells []uint8, s *Scratch) {
	w := m.w
	even := int32(m.s.Even) * int32(m.s.Even)
	sun := m.sun()
	darkest := int32(trailing(uint64(sun)|1<<(m.s.Light*dimBins/256))-1) << 7
	for y := 1; y < m.h-1; y++ {
		for k := range counting.Words {
			var dark, maybe uint64
			for b := s.fore[y*counting.Words+k]; b != 0; b &= b - 1 {
				x := 64*k + trailing(b)
				i := y*w + x
				if int32(cells[i])*grey >= m.mean.at(i) {
					continue
				}
				if m.ratio(cells, i) >= darkest {
					maybe |= b & -b
				}
				if x == 0 || x == w-1 {
					continue
				}
				var sum, squares int32
				for j := i - w; j <= i+w; j += w {
					for _, q := range [3]int32{m.ratio(cells, j-1), m.ratio(cells, j), m.ratio(cells, j+1)} {
						q = min(q, 3*4096)
						sum += q
						squares += q * q >> 4
					}
				}
				mean := sum / 9
				if mean >= 4096 || mean < int32(m.s.Deep)*16 || squares/9<<4-mean*mean >= even {
					continue
				}
				if mean > int32(m.s.Light)*16 {
					s.Class[i] = Shadow
					continue
				}
				dark |= b & -b
				if m.even[y*counting.Words+k]&b&-b == 0 {
					m.dims[mean>>7]++
				}
				if sun>>(mean>>7)&1 != 0 {
					s.Class[i] = Shadow
				}
			}
			m.even[y*counting.Words+k] = dark
			s.Maybe[y*counting.Words+k] = maybe
		}
	}
}

// sun gives the ratios that shadows have here, a bit for each of dims: those that make up a good part
// of all even darkness seen of late. Until much was seen, every ratio of a light shadow may be one.
func (m *Model) sun() (ratios uint32) {
	var seen [dimBins]int
	total := 0
	for i := range seen {
		seen[i] = int(m.dims[i])
		if q := i * 256 / dimBins; q >= m.s.Dark && q < m.s.Light {
			seen[i] += m.s.Proof * 256 / dimBins / (m.s.Light - m.s.Dark)
		}
		total += seen[i]
	}
	if total > 20*m.s.Proof {
		for i := range m.dims {
			m.dims[i] /= 2
		}
	}
	for i := 1; i < dimBins-1; i++ {
		if three := seen[i-1] + seen[i] + seen[i+1]; three*256 >= total*m.s.Peak {
			ratios |= 1 << i
		}
	}
	return ratios
}

// grow makes a Solid cell Shadow if it is dark, not too dark, and beside enough shadow: the rim of
// a shadow is half lit and fails the test for evenness.
func (m *Model) grow(cells []uint8, s *Scratch) {
	w := m.w
	for y := 1; y < m.h-1; y++ {
		for k := range counting.Words {
			for b := s.fore[y*counting.Words+k]; b != 0; b &= b - 1 {
				x := 64*k + trailing(b)
				i := y*w + x
				if x == 0 || x == w-1 || s.Class[i] != Solid || int32(cells[i])*grey >= m.mean.at(i) ||
					(int32(cells[i])+8)*grey<<8 < int32(m.s.Dark)*(m.mean.at(i)+8*grey) {
					continue
				}
				n := 0
				for j := i - w; j <= i+w; j += w {
					for o := j - 1; o <= j+1; o++ {
						if s.Class[o] == Shadow {
							n++
						}
					}
				}
				if n >= m.s.Grow {
					s.Class[i] = rim
				}
			}
		}
	}
	for y := range m.h {
		for k := range counting.Words {
			for b := s.fore[y*counting.Words+k]; b != 0; b &= b - 1 {
				if i := y*w + 64*k + trailing(b); s.Class[i] == rim {
					s.Class[i] = Shadow
				}
			}
		}
	}
}

// restless bounds how many times over a camera that does not come to rest after a light jump keeps
// crossings from starting: one that never does, as under a lamp that flickers, must not stop the count.
const restless = 3

// gainBins of 1/128 hold ratios from 0.75 to 1.25.
const gainBins = 64

// expose follows the camera's own exposure: when the cells that were background a cycle ago have
// all changed by one factor, the whole background has. Some 400 cells are asked, spread evenly.
func (m *Model) expose(cells []uint8) {
	var histogram [gainBins]uint16
	n := 0
	apart := max(1, m.w*m.h/400) | 1
	for i := apart / 2; i < m.w*m.h; i += apart {
		b, v := m.mean.at(i), int32(cells[i])
		if b < 12*grey || b > 235*grey || v > 245 || m.was.Get(i%m.w, i/m.w) {
			continue
		}
		q := (v*(256*grey)/b - 256 + gainBins) / 2
		if q < 0 || q >= gainBins {
			continue
		}
		histogram[q]++
		n++
	}
	if n < 100 {
		return
	}
	median, below := 0, 0
	for below = int(histogram[0]); 2*below < n; below += int(histogram[median]) {
		median++
	}
	agree := 0
	for q := max(0, median-4); q <= min(gainBins-1, median+4); q++ {
		agree += int(histogram[q])
	}
	if d := median - gainBins/2; d >= -1 && d <= 1 || agree*256 < n*m.s.Agree {
		return
	}
	if m.hold > 0 && m.since < restless*m.holdFor {
		m.hold = m.holdFor // the light jumped, and the camera has not come to rest
	}
	gain := int32(2*median - gainBins + 256)
	for i := range m.w * m.h {
		if b := m.mean.at(i); b < 235*grey {
			m.mean.set(i, min(b*gain>>8, 255*grey))
		} else if !m.was.Get(i%m.w, i/m.w) {
			m.mean.set(i, int32(cells[i])*grey) // burnt out: nothing was known of it
		}
	}
}
