package foreground

// expose follows the camera's own exposure: when the cells that were background a cycle ago have
// all changed by one factor, the whole background has.
func (m *Model) expose(cells []uint8) {
	if m.s.Agree == 0 {
		return
	}
	var histogram [gainBins]uint16
	n := 0
	for y := 1; y < m.h; y += 2 {
		for x := y >> 1 & 1; x < m.w; x += 2 {
			i := y*m.w + x
			b, v := int32(m.mean[i]), int32(cells[i])
			if b < 12<<8 || b > 235<<8 || v > 245 || m.was.Get(x, y) {
				continue
			}
			q := (v<<16/b - 256 + gainBins) / 2 // ratio in 1/128 around 1
			if q < 0 || q >= gainBins {
				continue
			}
			histogram[q]++
			n++
		}
	}
	if n*16 < m.w*m.h {
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
	gain := uint32(2*median - gainBins + 256)
	for i, b := range m.mean[:m.w*m.h] {
		if b < 235<<8 {
			m.mean[i] = uint16(min(uint32(b)*gain>>8, 255<<8))
		}
	}
}

// gainBins of 1/128 hold ratios from 0.75 to 1.25.
const gainBins = 64
