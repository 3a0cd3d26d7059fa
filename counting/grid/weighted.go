package grid

import (
	"fmt"

	"tellijn/counting"
)

// weighted adds rows of units into cells whose sides are not whole units: a unit on the border of
// two cells goes to both in proportion.
type weighted struct {
	w, h, step int
	inverse    uint64                     // 2^32 / step^2
	sum        [counting.MaxCellsX]uint32 // of the cell row under way, weighted by 1/256 both ways
	row        [counting.MaxCellsX]uint32 // of one row of units
	y          int                        // top of the next row of units, 1/256
	cy         int                        // cell row under way
}

func (a *weighted) start(p *Plan) {
	a.w, a.h, a.step = p.W, p.H, p.Step
	a.inverse = (1<<32 + uint64(p.Step*p.Step) - 1) / uint64(p.Step*p.Step)
	a.y, a.cy = 0, 0
	clear(a.sum[:])
}

// add takes one row of units, pitch bytes apart, and writes cell rows as they become complete.
func (a *weighted) add(cells []uint8, units []byte, pitch int) {
	if a.cy >= a.h {
		return
	}
	a.across(units, pitch)
	top, bottom := a.y, a.y+256
	a.y = bottom
	for a.cy < a.h {
		end := (a.cy + 1) * a.step
		weight := uint32(min(bottom, end) - top)
		for x := range a.sum[:a.w] {
			a.sum[x] += a.row[x] * weight
		}
		if bottom < end {
			return
		}
		dst := cells[a.cy*a.w : (a.cy+1)*a.w]
		for x := range dst {
			dst[x] = uint8(uint64(a.sum[x]) * a.inverse >> 32)
			a.sum[x] = 0
		}
		a.cy++
		top = end
		if top == bottom {
			return
		}
	}
}

// across adds one row of units into row.
func (a *weighted) across(units []byte, pitch int) {
	if a.step == 256 {
		for x := range a.row[:a.w] {
			a.row[x] = uint32(units[x*pitch]) << 8
		}
		return
	}
	for x := range a.row[:a.w] {
		from, to := x*a.step, (x+1)*a.step
		u, last := from>>8, to>>8
		t := uint32(units[u*pitch]) * uint32(256-from&255)
		for u++; u < last; u++ {
			t += uint32(units[u*pitch]) << 8
		}
		if part := uint32(to & 255); part > 0 {
			t += uint32(units[last*pitch]) * part
		}
		a.row[x] = t
	}
}

func (a *weighted) done() error {
	if a.cy < a.h {
		return fmt.Errorf("grid: frame ended in cell row %d of %d", a.cy, a.h)
	}
	return nil
}

func (a *weighted) wipe() {
	clear(a.sum[:])
	clear(a.row[:])
}
