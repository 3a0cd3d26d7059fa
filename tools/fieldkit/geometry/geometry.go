// Package geometry works out where the line lies in the picture and how large a person is in it, from what
// an installer can measure with a tape: how high the lens hangs, how wide it sees, how wide the door is. It
// never sees a picture and asks no camera. It is for installers, before a device is configured.
package geometry

import (
	"errors"
	"fmt"
	"math"
	"time"

	"tellijn/counting/grid"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// ErrPlace is wrapped by every error about a place that cannot work.
var ErrPlace = errors.New("it would not count here")

// Sizes of people in metres, round figures between the averages of women and men, and how fast they walk.
const (
	Shoulders = 1.40 // height of shoulders, which is what a lens overhead sees most of
	Tall      = 1.95 // of somebody tall
	Person    = 0.45 // side of a person's area, see counting/scene
	Pace      = 1.5  // m/s, brisk
)

const (
	clear  = 0.25 // m between the lens and the head of somebody tall
	frames = 4    // that a person is seen before the line, and after it: a track is sure after three
)

// Place is what was measured. Lengths are in metres, angles in degrees.
type Place struct {
	Height float64 // of the lens over the floor
	Angle  float64 // that the lens sees, as its data sheet says
	// Diagonal says that the angle is from corner to corner; otherwise it is from left to right.
	Diagonal bool
	Native   float64 // width of the picture by its height for which the data sheet gives the angle; 0 as the format
	Width    int     // pixels of the format that the camera is asked for
	Rows     int     // pixels, its height
	FPS      float64 // frames a second
	Door     float64 // width of the door
	Offset   float64 // how far the line lies from the point under the lens, towards outside; negative inside
	Side     float64 // how far the middle of the door lies to the right of the lens, for somebody who goes in
	TopIn    bool    // the top of the picture is inside, and not outside
}

// Result is what follows.
type Result struct {
	Scene          scene.Scene
	From, To       [2]float64 // of the line, parts of the picture
	Area           float64    // of a person, part of the picture
	Across, Along  float64    // m in view at the height of shoulders, along the door and through it
	FloorX, FloorY float64    // m of floor in view, the same way
	Cells          float64    // across a person
	CellFloor      float64    // mm, side of a cell on the floor
	CellShoulders  float64    // mm, the same at the height of shoulders
	Before         float64    // m in view on the nearer side of the line, at the height of shoulders
	FramesBefore   float64    // frames in which somebody brisk is seen there
	GridX, GridY   int        // cells of the picture
	tanX, tanY     float64    // of half the angles of the format
	needX, needY   float64    // m that must be in view
	above          float64    // m from shoulders to the lens
}

// Work works it out. Errors wrap ErrPlace when this lens cannot count at this place, with what would help.
func Work(p Place) (Result, error) {
	if err := p.check(); err != nil {
		return Result{}, err
	}
	r := p.view()
	if err := p.wide(&r); err != nil {
		return Result{}, err
	}
	p.line(&r)
	if err := p.fine(&r); err != nil {
		return Result{}, p.lower(err)
	}
	return r, nil
}

// check refuses numbers that no place has; most are slips of a key or of a unit.
func (p *Place) check() error {
	for _, v := range []struct {
		flag      string
		v         float64
		low, high float64
		unit      string
	}{
		{"-height", p.Height, 0.1, 100, "metres (not centimetres)"}, {"the angle", p.Angle, 20, 120, "degrees; a wider lens bends lines, and this would be wrong"},
		{"-door", p.Door, 0.3, 10, "metres (not centimetres)"}, {"-offset", p.Offset, -5, 5, "metres"}, {"-side", p.Side, -5, 5, "metres"},
		{"-format (width)", float64(p.Width), 8, camera.MaxSide, "pixels"}, {"-format (height)", float64(p.Rows), 8, camera.MaxSide, "pixels"},
		{"-fps", p.FPS, 5, 120, "frames a second"},
	} {
		if !(v.v >= v.low && v.v <= v.high) {
			return fmt.Errorf("geometry: %s %g, want %g to %g %s", v.flag, v.v, v.low, v.high, v.unit)
		}
	}
	if p.Native != 0 && !(p.Native >= 0.5 && p.Native <= 4) {
		return fmt.Errorf("geometry: -native %g, want width by height, such as 16:9", p.Native)
	}
	if least := Tall + clear; p.Height < least {
		return fmt.Errorf("geometry: %w: the lens hangs at %.2f m, and the head of somebody tall (%.2f m) would fill the picture; hang it at %.2f m or higher",
			ErrPlace, p.Height, Tall, least)
	}
	return nil
}

// view is what the lens sees, as a camera without bending does: the picture is a plane, and lengths in it
// go with the tangent of the angle.
func (p *Place) view() (r Result) {
	format := float64(p.Width) / float64(p.Rows)
	native := p.Native
	if native == 0 {
		native = format
	}
	t := math.Tan(p.Angle / 2 * math.Pi / 180)
	if p.Diagonal { // the half diagonal of a picture native wide and 1 high
		t *= native / math.Hypot(native, 1)
	}
	r.tanX, r.tanY = t, t/native
	// Cameras cut what does not fit into the format that is asked for: the sides, or top and bottom.
	if format < native {
		r.tanX = r.tanY * format
	} else {
		r.tanY = r.tanX / format
	}
	r.above = p.Height - Shoulders
	r.Across, r.Along = 2*r.above*r.tanX, 2*r.above*r.tanY
	r.FloorX, r.FloorY = 2*p.Height*r.tanX, 2*p.Height*r.tanY
	return r
}

// wide sees whether all of the door is in view, and enough of the way through it.
func (p *Place) wide(r *Result) error {
	reach := Person/2 + frames*Pace/p.FPS
	r.needX, r.needY = p.Door+Person+2*math.Abs(p.Side), 2*(math.Abs(p.Offset)+reach)
	r.Before = r.Along/2 - math.Abs(p.Offset)
	r.FramesBefore = (r.Before - Person/2) / Pace * p.FPS
	more := max(r.needX/r.Across, r.needY/r.Along)
	if more <= 1 {
		return nil
	}
	what := fmt.Sprintf("through the door it must see %.2f m, %.2f m on each side of the line", r.needY, reach)
	if r.needX/r.Across >= more {
		what = fmt.Sprintf("a door of %.2f m and half a person on both sides are %.2f m across", p.Door, r.needX)
	}
	angle := 2 * math.Atan(math.Tan(p.Angle/2*math.Pi/180)*more) * 180 / math.Pi
	help := fmt.Sprintf("hang it at %.2f m or higher", up(Shoulders+r.above*more, 0.05))
	if angle <= 120 {
		help += fmt.Sprintf(", or take a lens of %.0f degrees or more", up(angle, 1))
	}
	if p.Side != 0 || p.Offset != 0 {
		help += ", or nearer to the middle of the door"
	}
	return fmt.Errorf("geometry: %w: at the height of shoulders the lens sees %.2f m x %.2f m, but %s; %s", ErrPlace, r.Across, r.Along, what, help)
}

// up rounds to the next step, so that what is advised works.
func up(v, step float64) float64 { return math.Ceil(v/step-1e-9) * step }

// line lays the line across the door, at the height of shoulders, so that forward is inwards. A line counts
// half a person beyond its ends by itself (counting/crossing), so it is as long as the door.
func (p *Place) line(r *Result) {
	// With the top of the picture outside, inside is down, as on a map. Forward is to the right of who looks
	// from From to To: so From is on the left. Somebody who walks down has the right hand on the left.
	turn := 1.0
	if p.TopIn {
		turn = -1 // all the same, turned by half
	}
	x := func(m float64) float64 { return round(0.5 + turn*m/r.Across) }
	y := round(0.5 - turn*p.Offset/r.Along)
	r.From, r.To = [2]float64{x(-p.Side - p.Door/2), y}, [2]float64{x(-p.Side + p.Door/2), y}
	units := func(c [2]float64) scene.Point {
		return scene.Point{X: int32(math.Round(c[0] * scene.One)), Y: int32(math.Round(c[1] * scene.One))}
	}
	r.Scene.NLines = 1
	r.Scene.Lines[0] = scene.Line{A: units(r.From), B: units(r.To)}
}

// round keeps a ten-thousandth of the picture, less than a millimetre or two.
func round(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// fine sees whether people are large enough in cells, and works out how large the cells are.
func (p *Place) fine(r *Result) error {
	f := camera.Format{Pixel: camera.YUYV, Width: p.Width, Height: p.Rows, Stride: 2 * p.Width, Interval: time.Duration(1e9 / p.FPS)}
	r.Area = Person * Person / (r.Across * r.Along)
	r.Scene.PersonArea = int32(math.Round(r.Area * 1e6))
	if err := r.Scene.Check(); err != nil {
		return err
	}
	plan, err := grid.NewPlan(&r.Scene, f)
	if err != nil {
		return err
	}
	pixels := float64(plan.Step) / 256 * float64(plan.Scale) // side of a cell
	r.GridX, r.GridY, r.Cells = plan.W, plan.H, float64(plan.Person)/256
	r.CellFloor, r.CellShoulders = 1000*pixels*r.FloorX/float64(p.Width), 1000*pixels*r.Across/float64(p.Width)
	if r.CellShoulders < 40 {
		return fmt.Errorf("cells of %.1f mm, and none may be finer than 40 mm", r.CellShoulders)
	}
	return nil
}

// lower says what is wrong with the size of people in the picture and, if the lens hangs too high for it,
// how high it may.
func (p *Place) lower(err error) error {
	const step = 0.05 // m
	for less := *p; less.Height >= Tall+clear; less.Height -= step {
		less.Height = math.Floor(less.Height/step+1e-9) * step
		r := less.view()
		if less.wide(&r) != nil {
			break
		}
		less.line(&r)
		if less.fine(&r) == nil {
			return fmt.Errorf("geometry: %w: from %.2f m a person is too small in %dx%d pixels; hang it at %.2f m or lower, or take a narrower lens or a larger format",
				ErrPlace, p.Height, p.Width, p.Rows, less.Height)
		}
	}
	return fmt.Errorf("geometry: %w: %w", ErrPlace, err)
}
