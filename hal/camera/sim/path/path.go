// Package path says where a simulated person is at each moment, and which counting lines that
// crosses. It knows nothing of pixels: what it says is the truth that counting is measured by.
// hal/camera/sim/play makes the paths.
package path

import "time"

// One is the size of a person, the square root of the person area, in the units of this package.
// It counts as 450 mm.
const One = 4096

// Point is a place on the floor of the scene, in 1/4096 of a person's size from the top left corner
// of the picture, x to the right and y down.
type Point struct{ X, Y int32 }

// Add gives p moved by q.
func (p Point) Add(q Point) Point { return Point{p.X + q.X, p.Y + q.Y} }

// Sub gives the way from q to p.
func (p Point) Sub(q Point) Point { return Point{p.X - q.X, p.Y - q.Y} }

// Times gives p stretched by n/One.
func (p Point) Times(n int32) Point {
	return Point{int32(int64(p.X) * int64(n) / One), int32(int64(p.Y) * int64(n) / One)}
}

// MaxKnots of a path: the way in, the way out and 20 shifts of weight in between.
const MaxKnots = 28

// Knot is a place and the time at which the path is there.
type Knot struct {
	At time.Duration
	Point
}

// Path is a smooth way through knots. Between two knots it never leaves their rectangle
// (monotone cubic after Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5(2), 1984), so that a
// turn planned at a depth turns there and not beyond. The zero value is a path that is nowhere.
type Path struct {
	knots [MaxKnots]Knot
	n     int
}

// Add puts a knot at the end. It is false, and nothing happens, when the path is full or at is not
// later than the knot before by at least a millisecond.
func (p *Path) Add(at time.Duration, to Point) bool {
	if p.n == MaxKnots || p.n > 0 && at < p.knots[p.n-1].At+time.Millisecond {
		return false
	}
	p.knots[p.n] = Knot{at, to}
	p.n++
	return true
}

// Start is the time of the first knot.
func (p *Path) Start() time.Duration { return p.knots[0].At }

// End is the time of the last knot.
func (p *Path) End() time.Duration {
	if p.n == 0 {
		return 0
	}
	return p.knots[p.n-1].At
}

// When is the time of knot i, which must be there.
func (p *Path) When(i int) time.Duration { return p.knots[i].At }

// Shift moves the whole path in time.
func (p *Path) Shift(by time.Duration) {
	for i := range p.knots[:p.n] {
		p.knots[i].At += by
	}
}

// Last is the knot added last.
func (p *Path) Last() Knot {
	if p.n == 0 {
		return Knot{}
	}
	return p.knots[p.n-1]
}

// At gives the place at a time; before the start and after the end it stands still.
func (p *Path) At(t time.Duration) Point {
	if p.n == 0 {
		return Point{}
	}
	if t <= p.knots[0].At {
		return p.knots[0].Point
	}
	k := 1
	for k < p.n && p.knots[k].At <= t {
		k++
	}
	if k == p.n {
		return p.knots[k-1].Point
	}
	a, b := &p.knots[k-1], &p.knots[k]
	span := int64(b.At - a.At)
	u := int64(t-a.At) * unit / span
	var before, after *Knot
	if k >= 2 {
		before = &p.knots[k-2]
	}
	if k+1 < p.n {
		after = &p.knots[k+1]
	}
	var x, y [4]int64 // along x and along y: knot before, a, b, knot after
	x[1], x[2], y[1], y[2] = int64(a.X), int64(b.X), int64(a.Y), int64(b.Y)
	h := [3]int64{0, ms(a, b), 0}
	if before != nil {
		x[0], y[0], h[0] = int64(before.X), int64(before.Y), ms(before, a)
	}
	if after != nil {
		x[3], y[3], h[2] = int64(after.X), int64(after.Y), ms(b, after)
	}
	return Point{between(&x, &h, u), between(&y, &h, u)}
}

func ms(a, b *Knot) int64 { return int64((b.At - a.At) / time.Millisecond) }

// unit is 1.0 of the parameter between two knots.
const unit = 1 << 15

// between is the cubic of Hermite between v[1] and v[2] at u, with slopes that keep it monotone.
// h holds the times of the three spans in ms, 0 where there is none.
func between(v *[4]int64, h *[3]int64, u int64) int32 {
	s := (v[2] - v[1]) << 10 / h[1]
	in, out := s, s
	if h[0] > 0 {
		in = slope((v[1]-v[0])<<10/h[0], s, h[0], h[1])
	}
	if h[2] > 0 {
		out = slope(s, (v[3]-v[2])<<10/h[2], h[1], h[2])
	}
	m0, m1 := in*h[1]>>10, out*h[1]>>10
	u2 := u * u / unit
	u3 := u2 * u / unit
	sum := v[1]*(2*u3-3*u2+unit) + m0*(u3-2*u2+u) + v[2]*(3*u2-2*u3) + m1*(u3-u2)
	return int32((sum + unit/2) >> 15)
}

// slope is the weighted harmonic mean of the slopes on both sides of a knot, 0 at a turn.
func slope(a, b, ha, hb int64) int64 {
	if a > 0 != (b > 0) || a == 0 || b == 0 {
		return 0
	}
	wa, wb := 2*hb+ha, hb+2*ha
	return a * b * (wa + wb) / (wa*b + wb*a)
}
