package page

import (
	"fmt"
	"math"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// Screen is what is drawn once: geometry, and words.
type Screen struct {
	Title  string // of the board
	Camera string // what kind of camera this is, in plain words
	Day    string // how long a day of the drawn calendar lasts, in plain words
	// Width and Height of the drawing, in the proportions of the picture.
	Width, Height int
	Lines         []Drawn
	Zones         []int // numbers from 1
}

// Drawn is one line of the drawing.
type Drawn struct {
	Number         int
	X1, Y1, X2, Y2 int
	Forward        string // points of the arrow
	Backward       string
	Degrees        int // of the forward direction, 0 is up, clockwise
}

// sides of the drawing.
const (
	drawnWidth = 1200
	arrowLong  = 90
	arrowWide  = 60
	arrowAway  = 40 // from the line
)

// NewScreen draws the lines of a scene, as seen by a camera of this format.
func NewScreen(title, cam string, sc *scene.Scene, f camera.Format) Screen {
	s := Screen{Title: title, Camera: cam, Width: drawnWidth, Height: drawnWidth * f.Height / f.Width}
	for i := range sc.NLines {
		s.Lines = append(s.Lines, s.draw(i, sc.Lines[i]))
	}
	for i := range sc.NZones {
		s.Zones = append(s.Zones, i+1)
	}
	return s
}

func (s *Screen) draw(i int, l scene.Line) Drawn {
	x := func(v int32) float64 { return float64(v) * float64(s.Width) / scene.One }
	y := func(v int32) float64 { return float64(v) * float64(s.Height) / scene.One }
	ax, ay, bx, by := x(l.A.X), y(l.A.Y), x(l.B.X), y(l.B.Y)
	n := math.Hypot(bx-ax, by-ay)
	dx, dy := (bx-ax)/n, (by-ay)/n
	// Forward is towards the right-hand side of A->B as seen on the picture, y being down.
	fx, fy := -dy, dx
	mx, my := (ax+bx)/2, (ay+by)/2
	arrow := func(sign float64) string {
		base := func(side float64) (float64, float64) {
			return mx + sign*fx*arrowAway + side*dx*arrowWide, my + sign*fy*arrowAway + side*dy*arrowWide
		}
		lx, ly := base(-1)
		rx, ry := base(1)
		tx, ty := mx+sign*fx*(arrowAway+arrowLong), my+sign*fy*(arrowAway+arrowLong)
		return fmt.Sprintf("%.0f,%.0f %.0f,%.0f %.0f,%.0f", lx, ly, rx, ry, tx, ty)
	}
	return Drawn{Number: i + 1, X1: int(ax), Y1: int(ay), X2: int(bx), Y2: int(by),
		Forward: arrow(1), Backward: arrow(-1),
		Degrees: int(math.Round(math.Atan2(fx, -fy)*180/math.Pi)+360) % 360}
}
