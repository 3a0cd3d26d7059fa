package walk

import (
	"errors"
	"fmt"
	"math"
	"time"

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/counting"
	"tellijn/counting/grid"
	"tellijn/hal/camera"
	"tellijn/privacy/release"
	"tellijn/tools/proof/space/told"
)

// Format is what the camera of a board delivers if it does as it is asked; where the format is left
// open it is the one that most USB cameras have first.
func Format(b *boards.Board) camera.Format {
	f := b.Wanted
	if f.Pixel == 0 {
		f.Pixel = camera.YUYV
		if b.Driver == "sim" {
			f.Pixel = camera.GREY
		}
	}
	switch f.Pixel {
	case camera.YUYV, camera.UYVY:
		f.Stride = 2 * f.Width
	case camera.MJPEG:
		f.Stride = 0
	default:
		f.Stride = f.Width
	}
	return f
}

// Judged is what is true of an accepted configuration.
type Judged struct {
	Wrong []string // invariants that it breaks
	// Uncounted says why the eye will refuse the camera: people too small in it, or too large.
	Uncounted string
	// Withheld says why the warden will not start with this: its rule about what may leave.
	Withheld string
	CellMM   float64 // side of a cell on the floor, if it counts
	Record   int     // bytes of its largest record
}

// Judge holds an accepted board against everything that must be true of each.
func Judge(b *boards.Board) (j Judged) {
	wrong := func(format string, args ...any) { j.Wrong = append(j.Wrong, fmt.Sprintf(format, args...)) }
	pretended := b.Kind == boards.Simulated || b.Kind == boards.Virtual
	if !pretended && (b.Driver != "v4l2" || b.Speed != 1) {
		wrong("a real board with driver %s at speed %d", b.Driver, b.Speed)
	}
	if !pretended && b.Compress != 1 {
		wrong("a real board whose calendar runs %d times as fast", b.Compress)
	}
	if lines := b.Parts.Lines(); twice(lines) {
		wrong("two parts on one line: %v", lines)
	}
	if open(b.Week) == 0 {
		wrong("hours %q, which never open", b.Hours.Open)
	}
	if b.Beat < 100*time.Millisecond || b.Beat > 10*time.Second {
		wrong("a beat of %v, want 0.1 to 10 s", b.Beat)
	}
	if b.Interval < 15*time.Minute || b.Interval > time.Hour || time.Hour%b.Interval != 0 {
		wrong("an interval of %v, want 15 to 60 minutes, a part of an hour", b.Interval)
	}
	o, err := told.Orders(b)
	if err == nil {
		err = told.SameBytes(&o)
	}
	if err != nil {
		wrong("orders: %v", err)
	}
	f := Format(b)
	p, err := Rule(b)
	if err == nil {
		err = p.Check()
	}
	if finer := Finer(&p); err != nil {
		j.Withheld = err.Error()
	} else if finer != "" {
		wrong("the rule is finer than the floor: %s", finer)
	} else if j.Record, err = Records(b, f, p); err != nil {
		wrong("record: %v", err)
	}
	cells, err := grid.NewPlan(&b.Scene, f)
	if err != nil {
		j.Uncounted = err.Error()
		return j
	}
	if j.CellMM, err = Coarse(cells, b, f); err != nil {
		wrong("cells: %v", err)
	}
	return j
}

// twice tells whether two parts hang on one line.
func twice(lines []plan.PartLine) bool {
	seen := map[string]bool{"": false}
	for _, l := range lines {
		if seen[l.Line] {
			return true
		}
		seen[l.Line] = l.Line != ""
	}
	return false
}

// open counts the minutes of a week; 0 also if two spans of a day are out of order or overlap.
func open(w plan.Week) (minutes int) {
	for _, day := range w.Days {
		last := 0
		for _, s := range day {
			if s.From < last || s.To <= s.From || s.To > 24*60 {
				return 0
			}
			minutes, last = minutes+s.To-s.From, s.To
		}
	}
	return minutes
}

// Rule is how coarse the counts of a board are, laid over the finest rule there is as it is documented; it
// is written apart from the warden's own.
func Rule(b *boards.Board) (p release.Policy, err error) {
	p = release.Default()
	p.Interval = b.Interval
	if b.Release.K != 0 {
		p.K = b.Release.K
	}
	for _, at := range []struct {
		text string
		to   *int
	}{{b.Release.Open, &p.Open}, {b.Release.Close, &p.Close}} {
		if at.text == "" {
			continue
		}
		t, err := time.Parse("15:04", at.text)
		if err != nil {
			return p, err
		}
		*at.to = t.Hour()*60 + t.Minute()
	}
	if b.Release.Zone == "" {
		return p, errors.New("release.zone is missing")
	}
	_, err = time.LoadLocation(b.Release.Zone)
	return p, err
}

// Finer tells in what a rule is finer than the floor that was promised, with numbers of its own.
func Finer(p *release.Policy) string {
	if p.K < 3 || p.M < 100 || p.Interval < 15*time.Minute || p.Open < 7*60+30 || p.Close > 22*60 {
		return fmt.Sprintf("steps of %d, a dither of %d, %v, from minute %d to %d", p.K, p.M, p.Interval, p.Open, p.Close)
	}
	return ""
}

// Coarse gives the side of a cell on the floor in millimetres, worked out from the picture and not
// from what the plan says of itself. The side of a person counts as 450 mm.
func Coarse(p grid.Plan, b *boards.Board, f camera.Format) (mm float64, err error) {
	if p.W < 1 || p.H < 1 || p.W > 160 || p.H > 120 || p.W*p.H > counting.MaxCells {
		return 0, fmt.Errorf("%dx%d of them", p.W, p.H)
	}
	if p.Person > counting.MaxPerson*256 {
		return 0, fmt.Errorf("a person is %.2f across by its own account", float64(p.Person)/256)
	}
	person := math.Sqrt(float64(b.Scene.PersonArea) / 1e6 * float64(f.Width) * float64(f.Height))
	side := float64(p.Step*p.Scale) / 256
	mm = 450 * side / person
	if mm < 40 {
		return mm, fmt.Errorf("%.2f mm a side", mm)
	}
	// No more cells than the picture has room for at that size: none overlap.
	if float64(p.W)*side > float64(f.Width)+0.01 || float64(p.H)*side > float64(f.Height)+0.01 {
		return mm, fmt.Errorf("%dx%d of %.3f pixels in %dx%d", p.W, p.H, side, f.Width, f.Height)
	}
	return mm, nil
}
