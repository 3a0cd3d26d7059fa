// Package door is a drawn door in front of a USB camera that is played to a virtual machine: people walk
// through it as long as the camera has power, and who crossed the line is known exactly. Nobody real is in
// it. It is for the rig, outside the data path.
package door

import (
	"fmt"
	"sync"
	"time"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
	"tellijn/hal/camera/v4l2/usbcam"
)

// Door is one door. Its people stand still while no camera sees them.
type Door struct {
	mu    sync.Mutex
	sim   *sim.Camera
	pace  time.Duration
	lines int
	drawn int
	err   error
}

// Frames of the camera: what boards ask for, and a rate that an emulated processor keeps up with.
const (
	Width  = 320
	Height = 240
	Rate   = 10 // a second
	// Seconds is how long people come; then nobody does any more, and no frame.
	Seconds = 3600
)

// New opens a door with ordinary traffic and no hard sun, over the lines of a scene.
func New(seed uint64, s *scene.Scene) (*Door, error) {
	f := camera.Format{Pixel: camera.YUYV, Width: Width, Height: Height, Stride: 2 * Width, Interval: time.Second / Rate}
	c := sim.Config{Format: f, PersonArea: s.PersonArea, Script: sim.Door(seed, sim.Nominal(), Seconds).Alone()}
	for i := range s.NLines {
		l := s.Lines[i]
		c.Lines = append(c.Lines, sim.Line{A: sim.Point{X: l.A.X, Y: l.A.Y}, B: sim.Point{X: l.B.X, Y: l.B.Y}})
	}
	m, err := sim.New(c)
	if err != nil {
		return nil, fmt.Errorf("door: %w", err)
	}
	return &Door{sim: m, pace: time.Second / Rate, lines: s.NLines}, nil
}

// Camera gives a camera that looks at the door. Of those it gave only the last one is plugged in.
func (d *Door) Camera() *usbcam.Camera {
	return &usbcam.Camera{Pace: d.pace, Fill: func(_ uint32, pixels []byte) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if len(pixels) != 2*Width*Height { // asked for another size than boards have
			d.err = fmt.Errorf("door: a frame of %d bytes, want %dx%d", len(pixels), Width, Height)
			clear(pixels)
			return
		}
		var f camera.Frame
		if err := d.sim.Borrow(&f); err != nil {
			d.err = err
			return
		}
		for i := range pixels { // the only bulk that leaves the drawing
			pixels[i] = f.Data[i]
		}
		if _, err := d.sim.Return(&f); err != nil {
			d.err = err
		}
		d.drawn++
	}}
}

// Passed gives who crossed a line so far, and how many frames were drawn.
func (d *Door) Passed(line int) (forward, backward uint32, frames int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	forward, backward = d.sim.Passed(line)
	return forward, backward, d.drawn
}

// Err tells what went wrong with drawing.
func (d *Door) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}
