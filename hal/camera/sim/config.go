package sim

import (
	"fmt"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/sim/fixed"
	"tellijn/hal/camera/sim/path"
	"tellijn/hal/camera/sim/play"
	"tellijn/hal/camera/sim/stage"
)

// Point is a place in the picture, in 1/65536 of its width and height, x to the right and y down.
type Point struct{ X, Y int32 }

// Line is a directed counting line from A to B. Forward is towards the right-hand side of A->B as
// seen on the picture. People walk over the first line; the others only read their paths.
type Line struct{ A, B Point }

// MaxLines of a scene.
const MaxLines = 8

// one is the far edge of the picture in coordinates of Point.
const one = 1 << 16

// Config is what a simulated camera needs to know.
type Config struct {
	// Format is any raw format, not MJPEG. A stride of 0 stands for the least.
	Format camera.Format
	// PersonArea is the area of one person at the line, in millionths of the picture, 500 to
	// 400,000: what a commissioning walk would measure. Its square root counts as 450 mm.
	PersonArea int32
	// Lines, 1 to MaxLines.
	Lines  []Line
	Script Script
	// Dress changes what people look like and nothing else; zero leaves it to the script.
	Dress Dress
	// Frames is the length of the scene in sequence numbers; 0 leaves it to the script.
	Frames uint32
	// Wait is called before each frame with its sequence number; nil does not wait.
	Wait func(sequence uint32)
	// Clock is the monotonic time for loans; nil takes the time of the scene, and no lifetime.
	Clock func() time.Duration
}

// check fills in what is left out.
func (c *Config) check() error {
	k := &c.Script.Knobs
	if err := k.Check(); err != nil {
		return err
	}
	if err := c.Dress.Check(); err != nil {
		return err
	}
	if c.Script.Kind > play.Switching {
		return fmt.Errorf("sim: script kind %d, want 0 to %d", c.Script.Kind, play.Switching)
	}
	if c.Script.Seconds < 0 || c.Script.Seconds > 7*24*3600 {
		return fmt.Errorf("sim: script of %d s, want 0 (endless) to 604800", c.Script.Seconds)
	}
	if c.PersonArea < 500 || c.PersonArea > 400_000 {
		return fmt.Errorf("sim: person area %d millionths of the picture, want 500 to 400000", c.PersonArea)
	}
	if n := len(c.Lines); n < 1 || n > MaxLines {
		return fmt.Errorf("sim: %d lines, want 1 to %d", n, MaxLines)
	}
	for i, l := range c.Lines {
		for _, v := range [...]int32{l.A.X, l.A.Y, l.B.X, l.B.Y} {
			if v < 0 || v > one {
				return fmt.Errorf("sim: line %d ends at %d, outside the picture; want 0 to %d", i, v, one)
			}
		}
		if l.A == l.B {
			return fmt.Errorf("sim: line %d has no length", i)
		}
	}
	f := &c.Format
	if k.Rate > 0 {
		f.Interval = 10 * time.Second / time.Duration(k.Rate)
	}
	if f.Pixel == camera.MJPEG {
		return fmt.Errorf("%w: MJPEG is not made by the simulated camera; ask for GREY or YUYV", camera.ErrFormat)
	}
	if f.Stride == 0 {
		f.Stride = f.Width
		if f.Pixel == camera.YUYV || f.Pixel == camera.UYVY {
			f.Stride *= 2
		}
	}
	return f.Check()
}

// personSize gives the size of a person, the square root of its area, in 1/256 pixel.
func (c *Config) personSize() int32 {
	area := uint64(c.PersonArea) * uint64(c.Format.Width) * uint64(c.Format.Height)
	return int32(fixed.Sqrt(area * 65536 / 1_000_000))
}

// stage turns the picture into lengths of people.
func (c *Config) stage() stage.Stage {
	size := int64(c.personSize())
	w := int32(int64(c.Format.Width) * 256 * path.One / size)
	h := int32(int64(c.Format.Height) * 256 * path.One / size)
	at := func(p Point) path.Point {
		return path.Point{X: int32(int64(p.X) * int64(w) / one), Y: int32(int64(p.Y) * int64(h) / one)}
	}
	s := stage.Stage{Width: w, Height: h}
	for _, l := range c.Lines {
		s.Lines = append(s.Lines, path.Line{A: at(l.A), B: at(l.B)})
	}
	return s
}
