// Package sweep counts simulated scenes, whose truth is exact: every knob turned one at a time, and
// many scenes of an ordinary door. It never shows a frame.
package sweep

import (
	"fmt"
	"time"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
	"tellijn/tools/replay/run"
	"tellijn/tools/replay/score"
)

const (
	// area of a person in millionths of the picture: a strip of floor of 2.4 m below the camera.
	area = 36_000
	// tolerance between a true and a counted crossing.
	tolerance = 600 * time.Millisecond
	// interval between frames unless the knobs say otherwise.
	interval = 40 * time.Millisecond
)

// Picture says how a scene is drawn and handed over.
type Picture struct {
	Width, Height int
	Pixel         camera.PixelFormat // MJPEG is encoded as the quality knob says
}

// Small is the picture that scenes are counted in unless something else is asked for.
func Small() Picture { return Picture{160, 120, camera.GREY} }

// Wrong are the wrong events of one or more scenes.
type Wrong struct {
	True, Missed, False int
}

// Add adds the events of something else.
func (w *Wrong) Add(o Wrong) {
	w.True, w.Missed, w.False = w.True+o.True, w.Missed+o.Missed, w.False+o.False
}

// Right is the share of true crossings, in percent, that is left when every wrong event takes one
// away. It can be below zero.
func (w Wrong) Right() float64 {
	if w.True == 0 {
		return 100
	}
	return 100 - 100*float64(w.Missed+w.False)/float64(w.True)
}

// Of counts one finite scene and compares it with its truth.
func Of(p Picture, s sim.Script) (Wrong, error) {
	format := camera.Format{Pixel: p.Pixel, Width: p.Width, Height: p.Height, Interval: interval}
	if p.Pixel == camera.MJPEG {
		format.Pixel = camera.GREY
	}
	one := int32(scene.One)
	c, err := sim.New(sim.Config{Format: format, PersonArea: area, Script: s,
		Lines: []sim.Line{{A: sim.Point{X: 0, Y: one / 2}, B: sim.Point{X: one, Y: one / 2}}}})
	if err != nil {
		return Wrong{}, err
	}
	sc := &scene.Scene{PersonArea: area, NLines: 1}
	sc.Lines[0] = scene.Line{A: scene.Point{X: 0, Y: one / 2}, B: scene.Point{X: one, Y: one / 2}}
	var src camera.Source = c
	if p.Pixel == camera.MJPEG {
		src = &coder{Camera: c, quality: int(s.Knobs.Quality)}
	}
	r, err := run.Count(src, sc, nil)
	if err != nil {
		return Wrong{}, fmt.Errorf("sweep: seed %d: %w", s.Seed, err)
	}
	frames := int((tolerance + c.Format().Interval/2) / c.Format().Interval)
	var truth [2][]int
	for _, x := range c.Truth() {
		way := 0
		if x.Forward {
			way = 1
		}
		truth[way] = append(truth[way], int(x.Frame))
	}
	e := score.Match(truth[1], r.Way(0, true), frames).Add(score.Match(truth[0], r.Way(0, false), frames))
	return Wrong{e.True, e.Missed(), e.False()}, nil
}
