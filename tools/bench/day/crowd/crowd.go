// Package crowd has frames for the eye of a device that is measured: a minute with people who cross all
// the time, and one in which nobody comes. Everything else of the two is the same. It draws them with
// hal/camera/sim and plays them round and round through hal/camera/feed, as tools/try plays a clip.
package crowd

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"tellijn/boards"
	"tellijn/hal/camera"
	"tellijn/hal/camera/feed"
	"tellijn/hal/camera/sim"
)

// Minute is a minute of frames, or less.
type Minute struct {
	format camera.Format
	frames [][]byte
}

// Busy is a minute in which some people cross every few seconds.
func Busy(seed uint64) (*Minute, error) {
	k := sim.Nominal()
	k.Crowd, k.Dropped = 40, 0
	return draw(sim.Door(seed, k, 60))
}

// Empty is some seconds in which nobody comes: the floor and the noise of the same door, from before its
// first visitor.
func Empty(seed uint64) (*Minute, error) {
	k := sim.Nominal()
	k.Crowd, k.Dropped = 40, 0
	return draw(sim.Door(seed, k, 2))
}

// draw draws a script for the simulated board.
func draw(s sim.Script) (*Minute, error) {
	b, err := boards.Lookup("sim")
	if err != nil {
		return nil, err
	}
	l := b.Scene.Lines[0]
	c, err := sim.New(sim.Config{Format: b.Wanted, PersonArea: b.Scene.PersonArea, Script: s, Lines: []sim.Line{{A: sim.Point(l.A), B: sim.Point(l.B)}}})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	m := &Minute{format: c.Format()}
	var f camera.Frame
	for {
		if err := c.Borrow(&f); errors.Is(err, camera.ErrEnded) {
			break
		} else if err != nil {
			return nil, err
		}
		m.frames = append(m.frames, append([]byte(nil), f.Data...))
		if _, err := c.Return(&f); err != nil {
			return nil, err
		}
	}
	if len(m.frames) == 0 {
		return nil, fmt.Errorf("crowd: no frame was drawn")
	}
	return m, nil
}

// Play writes frames to w, speed times faster than the camera would give them, until stop is closed or
// nobody reads. A reader that is late makes it late for good, so that nobody is hurried.
func (m *Minute) Play(w io.Writer, speed int, stop <-chan struct{}) error {
	out, err := feed.NewWriter(w, m.format, m.format.LumaSize())
	if err != nil {
		return err
	}
	pace := m.format.Interval / time.Duration(speed)
	due := time.Now()
	for n := uint32(0); ; n++ {
		select {
		case <-stop:
			return nil // an eye that is cut off ends as one whose camera was unplugged
		default:
		}
		err := out.Write(&camera.Frame{Data: m.frames[int(n)%len(m.frames)], Sequence: n})
		if errors.Is(err, syscall.EPIPE) {
			return nil
		}
		if err != nil {
			return err
		}
		due = due.Add(pace)
		if late := time.Until(due); late < 0 {
			due = due.Add(-late)
		} else {
			time.Sleep(late)
		}
	}
}
