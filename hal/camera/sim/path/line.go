package path

import (
	"time"

	"tellijn/hal/camera/sim/fixed"
)

// Line is a directed counting line from A to B. Forward is towards the right-hand side of A->B as
// seen on the picture.
type Line struct{ A, B Point }

// Distance of p from the endless line, above 0 on its forward side.
func (l Line) Distance(p Point) int32 {
	d, q := l.B.Sub(l.A), p.Sub(l.A)
	n := fixed.Sqrt(uint64(int64(d.X)*int64(d.X) + int64(d.Y)*int64(d.Y)))
	if n == 0 {
		return 0
	}
	return int32((int64(d.X)*int64(q.Y) - int64(d.Y)*int64(q.X)) / n)
}

// within tells whether p lies between the perpendiculars through A and B.
func (l Line) within(p Point) bool {
	d, q := l.B.Sub(l.A), p.Sub(l.A)
	dot := int64(d.X)*int64(q.X) + int64(d.Y)*int64(q.Y)
	return dot >= 0 && dot <= int64(d.X)*int64(d.X)+int64(d.Y)*int64(d.Y)
}

// Band is how far beyond the line somebody must be to be on that side for sure: half a person.
// Turning back within the band crosses nothing.
const Band = One / 2

// Crossing is the truth of one person crossing one line.
type Crossing struct {
	Line    uint8
	Forward bool
	// Frame is the sequence number of the first frame at or after the moment at which the
	// centre of the person passed the line for the last time before being beyond the band.
	Frame uint32
}

// Reader follows one path over one line, frame by frame. The zero value is at the start.
type Reader struct {
	last    Point
	side    int8 // side last confirmed, 0 before the first
	started bool
	within  bool
	passed  uint32
}

// Step takes the place at a frame. It tells whether a crossing is now sure.
func (r *Reader) Step(l Line, p Point, frame uint32) (Crossing, bool) {
	s := l.Distance(p)
	if r.started {
		if was := l.Distance(r.last); (was >= 0) != (s >= 0) {
			gap := int64(s) - int64(was)
			way := p.Sub(r.last)
			r.within = l.within(Point{
				r.last.X + int32(-int64(was)*int64(way.X)/gap),
				r.last.Y + int32(-int64(was)*int64(way.Y)/gap),
			})
			r.passed = frame
		}
	}
	r.last, r.started = p, true
	side := int8(0)
	if s > Band {
		side = 1
	} else if s < -Band {
		side = -1
	}
	if side == 0 || side == r.side {
		return Crossing{}, false
	}
	sure := r.side != 0 && r.within
	r.side, r.within = side, false
	return Crossing{Forward: side > 0, Frame: r.passed}, sure
}

// MaxCrossings that are read from one path: to and fro over each of eight lines.
const MaxCrossings = 16

// Read gives the crossings of a path over lines at frames of this interval, up to and without frame
// end. n tells how many; more than MaxCrossings are left out.
func Read(p *Path, lines []Line, interval time.Duration, end uint32) (c [MaxCrossings]Crossing, n int) {
	first := uint32((p.Start() + interval - 1) / interval)
	if p.Start() < 0 {
		first = 0
	}
	for i, l := range lines {
		var r Reader
		for f := first; f < end && time.Duration(f)*interval <= p.End(); f++ {
			if x, sure := r.Step(l, p.At(time.Duration(f)*interval), f); sure && n < MaxCrossings {
				x.Line = uint8(i)
				c[n] = x
				n++
			}
		}
	}
	return c, n
}
