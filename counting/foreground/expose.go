package foreground

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
	gain := int32(2*median - gainBins + 256)
	for i := range m.w * m.h {
		if b := m.mean.at(i); b < 235*grey {
			m.mean.set(i, min(b*gain>>8, 255*grey))
		}
	}
}
