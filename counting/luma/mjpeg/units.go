package mjpeg

import "fmt"

// Weights of coefficients in the means of the four quarters of a block, relative to DC, in
// 1/65536. By T.81 A.3.3 a coefficient (u, v) has the amplitude C(u)C(v)/4 cos cos. The mean of
// cos((2x+1)pi/16) over one half of the block is +-0.640729; so the first row and column weigh
// 2 * 0.640729 / sqrt(2) = 0.906127 of DC, and the diagonal the square of that. Even
// coefficients cancel in each half; those from (0,3) on, which weigh at most a third of this, are
// taken for zero.
const (
	sideWeight     = 59384
	diagonalWeight = 53809
	one            = 13 // bits of fraction in a weighted sum; DC alone is 8 times the mean
	half           = 1<<(one-1) + 128<<one
)

func (f *frame) weigh(s steps) {
	const shift = 16 - (one - 3)
	f.weight[0] = int32(s[0]) << (one - 3)
	for i, w := range [...]int64{sideWeight, sideWeight, diagonalWeight} {
		f.weight[1+i] = int32((int64(s[1+i])*w + 1<<(shift-1)) >> shift)
	}
}

// row reads one row of MCUs.
func (d *Decoder) row(data []byte, band *Band) error {
	f := &d.frame
	in := f.place.In(data)
	for m := range f.mcus {
		if f.left == 0 {
			if err := in.Resume(f.marker); err != nil {
				return err
			}
			f.left, f.marker, f.dc = f.restart, (f.marker+1)&7, 0
		}
		f.left--
		if err := in.Luma(&d.tables, &f.lows, f.luma, f.scale == 4); err != nil {
			return err
		}
		if f.scale == 4 {
			f.quarters(band, m)
		} else {
			f.means(band, m)
		}
		for i, count := range &f.chroma {
			if count == 0 {
				break
			}
			if err := in.Chroma(&d.tables, 1+i, count); err != nil {
				return err
			}
		}
	}
	if f.wild>>12 != 0 {
		return fmt.Errorf("%w: luma far beyond black or white before byte %d", ErrCorrupt, in.Pos())
	}
	return in.Check()
}

// means gives one unit for each luma block of MCU m.
func (f *frame) means(band *Band, m int) {
	h, w, dc, wild := uint(f.comp[0].h), f.weight[0], f.dc, f.wild
	x, y, at := uint(0), uint(0), uint(m)*h
	for i := range f.lows[:min(f.luma, len(f.lows))] {
		dc += f.lows[i][0]
		wild |= uint32(dc + 2048)
		if at+x < MaxUnits {
			band.Units[y%MaxRows][at+x] = clamp(dc*w + half)
		}
		if x++; x == h {
			x = 0
			y++
		}
	}
	f.dc, f.wild = dc, wild
}

// quarters gives four units for each luma block of MCU m.
func (f *frame) quarters(band *Band, m int) {
	h, dc, wild := uint(f.comp[0].h), f.dc, f.wild
	w0, w1, w2, w4 := f.weight[0], f.weight[1], f.weight[2], f.weight[3]
	x, y, at := uint(0), uint(0), uint(m)*h
	for i := range f.lows[:min(f.luma, len(f.lows))] {
		l := &f.lows[i]
		dc += l[0]
		wild |= uint32(dc + 2048)
		mean, across, down, both := dc*w0+half, l[1]*w1, l[2]*w2, l[4]*w4
		left, right := mean+across, mean-across
		down, both = down+both, down-both
		if u := 2 * (at + x); u < MaxUnits-1 {
			top, bottom := &band.Units[2*y%MaxRows], &band.Units[(2*y+1)%MaxRows]
			top[u], top[u+1] = clamp(left+down), clamp(right+both)
			bottom[u], bottom[u+1] = clamp(left-down), clamp(right-both)
		}
		if x++; x == h {
			x = 0
			y++
		}
	}
	f.dc, f.wild = dc, wild
}

// clamp takes the fraction off and keeps the unit from 0 to 255.
func clamp(sum int32) uint8 {
	v := sum >> one
	if uint32(v) > 255 {
		v = ^(v >> 31)
	}
	return uint8(v)
}
