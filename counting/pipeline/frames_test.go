package pipeline

import (
	"bytes"
	"errors"
	raster "image"
	coder "image/jpeg"
	"testing"
	"time"

	"tellijn/counting/crossing"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
)

var formats = [...]camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12, camera.GREY, camera.MJPEG}

// shape makes a format with its least stride, 25 frames a second.
func shape(pixel camera.PixelFormat, w, h int) camera.Format {
	f := camera.Format{Pixel: pixel, Width: w, Height: h, Stride: w, Interval: 40 * time.Millisecond}
	switch pixel {
	case camera.YUYV, camera.UYVY:
		f.Stride = 2 * w
	case camera.MJPEG:
		f.Stride = 0
	}
	return f
}

// across is a scene with one line through the middle from left to right, and a zone below it.
func across(area int32) *scene.Scene {
	sc := &scene.Scene{PersonArea: area, NLines: 1, NZones: 1}
	sc.Lines[0] = scene.Line{A: scene.Point{X: 0, Y: scene.One / 2}, B: scene.Point{X: scene.One, Y: scene.One / 2}}
	sc.Zones[0] = scene.Zone{N: 4}
	copy(sc.Zones[0].Corners[:], []scene.Point{{X: 0, Y: scene.One / 2}, {X: scene.One, Y: scene.One / 2}, {X: scene.One, Y: scene.One}, {X: 0, Y: scene.One}})
	return sc
}

// door is a simulated door at one of whose frames after the other is looked.
func door(t testing.TB, f camera.Format, area int32, script sim.Script) *sim.Camera {
	t.Helper()
	if f.Pixel == camera.MJPEG {
		f.Pixel, f.Stride = camera.GREY, f.Width
	}
	c, err := sim.New(sim.Config{Format: f, PersonArea: area, Script: script,
		Lines: []sim.Line{{A: sim.Point{X: 0, Y: 1 << 15}, B: sim.Point{X: 1 << 16, Y: 1 << 15}}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// frames gives the first n frames of a door as the format wants them, to be shown again and again.
func frames(t testing.TB, f camera.Format, area int32, n int) (all [][]byte) {
	t.Helper()
	c := door(t, f, area, sim.Door(14, sim.Nominal(), 60))
	defer c.Close()
	var loan camera.Frame
	for range n {
		if err := c.Borrow(&loan); err != nil {
			t.Fatal(err)
		}
		data := bytes.Clone(loan.Data)
		if f.Pixel == camera.MJPEG {
			m := &raster.Gray{Pix: data, Stride: f.Width, Rect: raster.Rect(0, 0, f.Width, f.Height)}
			var b bytes.Buffer
			if err := coder.Encode(&b, m, &coder.Options{Quality: 80}); err != nil {
				t.Fatal(err)
			}
			data = b.Bytes()
		}
		all = append(all, data)
		c.Return(&loan)
	}
	return all
}

// counted counts a whole camera, showing each frame to change first, and closes it.
func counted(t testing.TB, p *Pipeline, c *sim.Camera, change func([]byte)) (found []crossing.Crossing) {
	t.Helper()
	defer c.Close()
	var f camera.Frame
	for {
		err := c.Borrow(&f)
		if errors.Is(err, camera.ErrEnded) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		sequence := f.Sequence
		if change != nil {
			change(f.Data)
		}
		if err := p.Reduce(&f); err != nil {
			t.Fatal(err)
		}
		c.Return(&f)
		found = append(found, p.Count(sequence)...)
	}
}

// made is New for scenes that are known to be good.
func made(t testing.TB, sc *scene.Scene, f camera.Format) *Pipeline {
	t.Helper()
	p, err := New(sc, f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
