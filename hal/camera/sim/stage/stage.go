// Package stage knows the geometry of a simulated scene: how large the picture is in people, where
// the first counting line lies, where people can walk over it, and when they are out of sight. It
// knows no time and no people. hal/camera/sim/play lays paths on it.
package stage

import (
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/path"
)

// Stage is where it happens, in path units.
type Stage struct {
	Width, Height int32       // of the picture
	Lines         []path.Line // at least one; people walk over the first
}

const one = path.One

// Part gives hundredths of a person's size, which knobs count in, in path units.
func Part(hundredths int32) int32 { return int32(int64(hundredths) * one / 100) }

// Lane turns places along and across the first line into places on the stage.
type Lane struct {
	Lo, Hi         int32 // where along the line people walk, in path units from A
	origin         path.Point
	along, forward path.Point // unit vectors, in 1/path.One
}

// Lane gives the lane of the first line; with a door there is room for its leaf beside the people.
func (s *Stage) Lane(door bool) Lane {
	l := s.Lines[0]
	d := l.B.Sub(l.A)
	n := int32(max(fixed.Sqrt(uint64(int64(d.X)*int64(d.X)+int64(d.Y)*int64(d.Y))), 1))
	u := path.Point{X: int32(int64(d.X) * one / int64(n)), Y: int32(int64(d.Y) * one / int64(n))}
	a := Lane{origin: l.A, along: u, forward: path.Point{X: -u.Y, Y: u.X}}
	// Whoever walks over the line is whole in view, and clear of an end of the line that lies
	// inside the picture.
	const clear = one * 3 / 4
	a.Lo, a.Hi = 1, 0
	for q := int32(0); q <= n; q += one / 8 {
		p := a.At(q, 0)
		if p.X < clear || p.Y < clear || p.X > s.Width-clear || p.Y > s.Height-clear {
			continue
		}
		if a.Lo > a.Hi {
			a.Lo = q
		}
		a.Hi = q
	}
	if a.Lo > a.Hi {
		a.Lo, a.Hi = n/2, n/2
	}
	if !s.atEdge(l.A) {
		a.Lo = max(a.Lo, clear)
	}
	if !s.atEdge(l.B) {
		a.Hi = min(a.Hi, n-clear)
	}
	if door {
		a.Lo += doorRoom
	}
	if a.Lo > a.Hi {
		a.Lo = (a.Lo + a.Hi) / 2
		a.Hi = a.Lo
	}
	return a
}

// At gives the place q along the line from A and s beyond it on its forward side.
func (a *Lane) At(q, s int32) path.Point {
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

// Reach gives how far one must go from q on the line, towards sign, to be out of sight.
func (s *Stage) Reach(a *Lane, q, sign, lean, reach int32) int32 {
	d := int32(one)
	for d < 200*one && s.inside(a.At(q, sign*d), lean, reach) {
		d += one / 4
	}
	return d
}

// Room gives how far one can go from q on the line, towards sign, and still be in the picture.
func (s *Stage) Room(a *Lane, q, sign int32) int32 {
	d := int32(0)
	for d < 200*one && s.inside(a.At(q, sign*d), 0, 0) {
		d += one / 8
	}
	return d
}

// Walked gives five places on the line, from one end of where people walk to the other, and the
// direction across it in 1/16384.
func (a *Lane) Walked() (places [5]path.Point, cos, sin int32) {
	for i := range places {
		places[i] = a.At(a.Lo+(a.Hi-a.Lo)*int32(i)/4, 0)
	}
	return places, a.forward.X * fixed.Full / one, a.forward.Y * fixed.Full / one
}
