// Package scene says what is looked at: the counting lines, the zones, and how large a person
// appears. It holds geometry only, in parts of the picture, and is checked once at start.
// Every stage may import it; it imports only the limits.
package scene

import (
	"errors"
	"fmt"

	"tellijn/counting"
)

// One is the far edge of the picture: coordinates run from 0 to One in both directions, x to the
// right and y down.
const One = 1 << 16

// Point is a place in the picture, in 1/65536 of its width and height.
type Point struct{ X, Y int32 }

// Line is a directed counting line from A to B. Forward is towards the right-hand side of A->B as
// seen on the picture.
type Line struct{ A, B Point }

// Zone is a polygon; people inside are counted at each moment. Corners in order, either way round.
type Zone struct {
	Corners [counting.MaxCorners]Point
	N       int // corners in use
}

// Scene is the whole geometry of one camera.
type Scene struct {
	// PersonArea is the area of one person near the line, in millionths of the picture, as a
	// commissioning walk measures it. Its square root counts as 450 mm.
	PersonArea int32
	Lines      [counting.MaxLines]Line
	NLines     int
	Zones      [counting.MaxZones]Zone
	NZones     int
}

// Limits of a person's area in millionths of the picture: below the least a person is a few pixels
// on any camera, above the most one person fills the picture and no line can be crossed in it.
const (
	MinPersonArea = 500
	MaxPersonArea = 400_000
	// minLength of a line, in 1/65536 of the picture: 1/50 of a side.
	minLength = One / 50
)

// ErrInvalid is wrapped by every error of Check.
var ErrInvalid = errors.New("scene: invalid")

// Check tells the first thing that is wrong with the scene, with a hint.
func (s *Scene) Check() error {
	if s.PersonArea < MinPersonArea || s.PersonArea > MaxPersonArea {
		return fmt.Errorf("%w: person area %d millionths of the picture, want %d to %d; walk through once and measure",
			ErrInvalid, s.PersonArea, MinPersonArea, MaxPersonArea)
	}
	if s.NLines < 1 || s.NLines > counting.MaxLines {
		return fmt.Errorf("%w: %d lines, want 1 to %d", ErrInvalid, s.NLines, counting.MaxLines)
	}
	if s.NZones < 0 || s.NZones > counting.MaxZones {
		return fmt.Errorf("%w: %d zones, want 0 to %d", ErrInvalid, s.NZones, counting.MaxZones)
	}
	for i := range s.Lines[:s.NLines] {
		l := &s.Lines[i]
		if !l.A.inside() || !l.B.inside() {
			return fmt.Errorf("%w: line %d ends outside the picture; coordinates go from 0 to 1", ErrInvalid, i)
		}
		dx, dy := int64(l.B.X-l.A.X), int64(l.B.Y-l.A.Y)
		if dx*dx+dy*dy < minLength*minLength {
			return fmt.Errorf("%w: line %d has no length; its two ends must differ by 1/50 of the picture", ErrInvalid, i)
		}
	}
	for i := range s.Zones[:s.NZones] {
		if err := s.Zones[i].check(i); err != nil {
			return err
		}
	}
	return nil
}

func (z *Zone) check(i int) error {
	if z.N < 3 || z.N > counting.MaxCorners {
		return fmt.Errorf("%w: zone %d has %d corners, want 3 to %d", ErrInvalid, i, z.N, counting.MaxCorners)
	}
	var area int64
	for k := range z.Corners[:z.N] {
		p, q := z.Corners[k], z.Corners[(k+1)%z.N]
		if !p.inside() {
			return fmt.Errorf("%w: zone %d corner %d is outside the picture; coordinates go from 0 to 1", ErrInvalid, i, k)
		}
		area += int64(p.X)*int64(q.Y) - int64(q.X)*int64(p.Y)
	}
	if area < 0 {
		area = -area
	}
	if area/2 < minLength*minLength {
		return fmt.Errorf("%w: zone %d has no area; list its corners in order around it", ErrInvalid, i)
	}
	return nil
}

func (p Point) inside() bool { return p.X >= 0 && p.X <= One && p.Y >= 0 && p.Y <= One }
