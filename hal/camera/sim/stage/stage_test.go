package stage

import (
	"testing"

	"tellijn/hal/camera/sim/path"
)

func at(x, y float64) path.Point { return path.Point{X: int32(x * one), Y: int32(y * one)} }

func TestLaneLiesOnTheLine(t *testing.T) {
	for name, l := range map[string]path.Line{
		"across":      {A: at(0, 3), B: at(8, 3)},
		"up":          {A: at(4, 6), B: at(4, 0)},
		"slanted":     {A: at(1, 6), B: at(7, 0)},
		"short":       {A: at(3, 3), B: at(5, 3)},
		"very short":  {A: at(4, 3), B: at(4.2, 3)},
		"in a corner": {A: at(0, 0.2), B: at(0.2, 0)},
	} {
		s := Stage{Width: 8 * one, Height: 6 * one, Lines: []path.Line{l}}
		a := s.Lane(false)
		if a.Lo > a.Hi {
			t.Errorf("%s: people walk from %d to %d", name, a.Lo, a.Hi)
		}
		for _, q := range []int32{a.Lo, a.Hi} {
			for _, d := range []int32{-one, 0, one} {
				if got := l.Distance(a.At(q, d)); got < d-8 || got > d+8 {
					t.Errorf("%s: %d beyond the line is %d", name, d, got)
				}
			}
			for _, sign := range []int32{-1, 1} {
				if p := a.At(q, sign*s.Reach(&a, q, sign, 30, one)); s.inside(p, 30, one) {
					t.Errorf("%s: %v is still in sight", name, p)
				}
				if p := a.At(q, sign*(s.Room(&a, q, sign)-one/8)); s.Room(&a, q, sign) > 0 && !s.inside(p, 0, 0) {
					t.Errorf("%s: %v is no room", name, p)
				}
			}
		}
	}
}

func TestPeopleWalkClearOfTheEnds(t *testing.T) {
	s := Stage{Width: 8 * one, Height: 6 * one, Lines: []path.Line{{A: at(0, 3), B: at(5, 3)}}}
	a := s.Lane(false)
	if a.Lo < one*3/4 || a.Hi > 5*one-one*3/4 || a.Hi-a.Lo < 3*one {
		t.Errorf("people walk from %d to %d on a line of %d", a.Lo, a.Hi, 5*one)
	}
	if d := s.Lane(true); d.Lo < a.Lo+2*one {
		t.Errorf("beside a door leaf of 2 people they walk from %d", d.Lo)
	}
}

func TestLeafStaysOnItsSideOfTheLine(t *testing.T) {
	s := Stage{Width: 8 * one, Height: 6 * one, Lines: []path.Line{{A: at(0, 3), B: at(8, 3)}}}
	a := s.Lane(true)
	for open := int32(0); open <= 1000; open += 50 {
		hinge, tip := a.Leaf(open)
		if s.Lines[0].Distance(hinge) > -one || s.Lines[0].Distance(tip) > -one {
			t.Errorf("open %d: leaf from %v to %v", open, hinge, tip)
		}
	}
}
