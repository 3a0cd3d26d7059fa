//go:build sim

// Package parts names the camera drivers that an eye knows, in one switch: on a real board one, and with
// the build tag sim those that draw or play back. It opens what the orders say and nothing else. It
// stands between firmware/eye and hal/camera.
package parts

import (
	"fmt"
	"time"

	"tellijn/firmware/eye/cycle"
	"tellijn/firmware/eye/run"
	"tellijn/firmware/orders"
	"tellijn/hal"
	"tellijn/hal/camera"
	"tellijn/hal/camera/feed"
	"tellijn/hal/camera/sim"
	"tellijn/hal/clock"
	"tellijn/privacy/sandbox/eyes"
)

// Open opens the camera. This is the eye for simulated and virtual boards. g guards the frames that a
// real camera gives while it settles; nil guards none. before is called once the camera is open and
// before its first frame, with its descriptor, -1 for one that is drawn or a clip.
func Open(o *orders.Orders, g cycle.Guard, before func(descriptor int) error) (camera.Source, error) {
	if o.Driver == orders.V4L2 {
		return openV4L2(o, g, before)
	}
	source, err := openOther(o)
	if err != nil {
		return nil, err
	}
	if err := before(-1); err != nil {
		_ = source.Close() // nothing was borrowed
		return nil, err
	}
	return source, nil
}

// openOther opens what is no camera. Its first frame comes when it is asked for.
func openOther(o *orders.Orders) (camera.Source, error) {
	switch o.Driver {
	case orders.Sim:
		return openSim(o)
	case orders.Feed:
		c, err := clock.Open(1, true)
		if err != nil {
			return nil, err
		}
		return feed.NewSource(run.Pipe(eyes.FdFeed), c.Since)
	}
	return nil, fmt.Errorf("%w: camera driver %s", hal.ErrAbsent, o.Driver)
}

// openSim draws the play of the orders, paced by the pretended clock.
func openSim(o *orders.Orders) (camera.Source, error) {
	world, err := clock.Open(1, true)
	if err != nil {
		return nil, err
	}
	lines := make([]sim.Line, o.Scene.NLines)
	for i := range lines {
		l := o.Scene.Lines[i]
		lines[i] = sim.Line{A: sim.Point(l.A), B: sim.Point(l.B)}
	}
	f := o.Wanted.Camera()
	if f.Pixel == 0 {
		f.Pixel = camera.GREY
	}
	pace := f.Interval / time.Duration(o.Speed)
	return sim.New(sim.Config{
		Format: f, PersonArea: o.Scene.PersonArea, Lines: lines, Script: script(&o.Sim),
		Clock: world.Since,
		// A machine that cannot keep up plays slower and counts the same.
		Wait: func(sequence uint32) {
			clock.Pause(time.Duration(sequence)*pace - world.Since())
		},
	})
}

// script names the play.
func script(s *orders.Scripted) (out sim.Script) {
	switch s.Play {
	case orders.Turn:
		out = sim.Turn(s.Seed)
	case orders.Hover:
		out = sim.Hover(s.Seed)
	case orders.Stand:
		out = sim.Stand(s.Seed)
	case orders.LightSwitch:
		out = sim.LightSwitch(s.Seed)
	default:
		out = sim.Door(s.Seed, sim.Nominal(), 0)
	}
	out.Seconds = int32(s.Seconds)
	return out
}
