package play

import (
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/path"
)

// Stage is where it happens, in path units.
type Stage struct {
	Width, Height int32       // of the picture
	Lines         []path.Line // at least one; people walk over the first
}

// one is a person's size; hundredths of it are what knobs count in.
const one = path.One

func part(hundredths int32) int32 { return int32(int64(hundredths) * one / 100) }

// lane turns places along and across the first line into places on the stage.
type lane struct {
	origin         path.Point
	length         int32
	along, forward path.Point // unit vectors, in 1/path.One
	lo, hi         int32      // where along the line people walk
}

func newLane(s *Stage, door bool) lane {
	l := s.Lines[0]
	d := l.B.Sub(l.A)
	n := int32(max(fixed.Sqrt(uint64(int64(d.X)*int64(d.X)+int64(d.Y)*int64(d.Y))), 1))
	u := path.Point{X: int32(int64(d.X) * one / int64(n)), Y: int32(int64(d.Y) * one / int64(n))}
	a := lane{origin: l.A, length: n, along: u, forward: path.Point{X: -u.Y, Y: u.X}}
	// Whoever walks over the line is whole in view, and clear of an end of the line that lies
	// inside the picture.
	const clear = one * 3 / 4
	a.lo, a.hi = 1, 0
	for q := int32(0); q <= n; q += one / 8 {
		p := a.at(q, 0)
		if p.X < clear || p.Y < clear || p.X > s.Width-clear || p.Y > s.Height-clear {
			continue
		}
		if a.lo > a.hi {
			a.lo = q
		}
		a.hi = q
	}
	if a.lo > a.hi {
		a.lo, a.hi = n/2, n/2
	}
	if !s.atEdge(l.A) {
		a.lo = max(a.lo, clear)
	}
	if !s.atEdge(l.B) {
		a.hi = min(a.hi, n-clear)
	}
	if door {
		a.lo += doorRoom
	}
	if a.lo > a.hi {
		a.lo = (a.lo + a.hi) / 2
		a.hi = a.lo
	}
	return a
}

// at gives the place q along the line from A and s beyond it on its forward side.
func (a *lane) at(q, s int32) path.Point {
	return a.origin.Add(a.along.Times(q)).Add(a.forward.Times(s))
}

func (s *Stage) atEdge(p path.Point) bool {
	const close = one / 4
	return p.X < close || p.Y < close || p.X > s.Width-close || p.Y > s.Height-close
}

// inside tells whether somebody at p may be seen: feet lean towards the middle by lean percent, and
// reach is how far anything of the person sticks out.
func (s *Stage) inside(p path.Point, lean, reach int32) bool {
	x := int64(max(2*p.X-s.Width, s.Width-2*p.X)) * int64(100-lean) / 200
	y := int64(max(2*p.Y-s.Height, s.Height-2*p.Y)) * int64(100-lean) / 200
	return x < int64(s.Width/2+reach) && y < int64(s.Height/2+reach)
}

// reach gives how far one must go from q on the line, towards sign, to be out of sight.
func (s *Stage) reach(a *lane, q, sign, lean, reach int32) int32 {
	d := int32(one)
	for d < 200*one && s.inside(a.at(q, sign*d), lean, reach) {
		d += one / 4
	}
	return d
}

// room gives how far one can go from q on the line, towards sign, and still be in the picture.
func (s *Stage) room(a *lane, q, sign int32) int32 {
	d := int32(0)
	for d < 200*one && s.inside(a.at(q, sign*d), 0, 0) {
		d += one / 8
	}
	return d
}

// Walked gives five places on the first line, from one end of where people walk to the other, and
// the direction across it in 1/16384.
func (w *World) Walked() (places [5]path.Point, cos, sin int32) {
	a := &w.lane
	for i := range places {
		places[i] = a.at(a.lo+(a.hi-a.lo)*int32(i)/4, 0)
	}
	return places, a.forward.X * fixed.Full / one, a.forward.Y * fixed.Full / one
}
