// Package speed times one whole cycle of the device on frames from a file: reduce in place, wipe the
// frame, count. Putting a fresh frame into the buffer is no part of the cycle and is not timed.
package speed

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"tellijn/counting/grid"
	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// Width, Height and Size in bytes of the frames: what cheap cameras give at 30 a second.
const (
	Width, Height = 640, 480
	Size          = 2 * Width * Height
)

// Area of a person in millionths of the picture that is asked for, before the ceiling.
const Area = 27_100

// most frames are held in memory: 256 are 157 MB.
const most = 256

// Format of the frames.
func Format() camera.Format {
	return camera.Format{Pixel: camera.YUYV, Width: Width, Height: Height, Stride: 2 * Width, Interval: time.Second / 30}
}

// Fit gives the scene with the largest person that is counted on exactly w x h cells. The ceiling
// of counting.MaxPerson cells a person is never passed: where it is in the way, the person must be
// smaller in the picture.
func Fit(w, h int) (*scene.Scene, error) {
	sc := &scene.Scene{PersonArea: Area, NLines: 1}
	sc.Lines[0] = scene.Line{A: scene.Point{X: 0, Y: scene.One / 2}, B: scene.Point{X: scene.One, Y: scene.One / 2}}
	for ; sc.PersonArea >= scene.MinPersonArea; sc.PersonArea-- {
		p, err := grid.NewPlan(sc, Format())
		if err == nil && p.W == w && p.H == h {
			return sc, nil
		}
	}
	return nil, fmt.Errorf("speed: no person makes a grid of %dx%d cells on %dx%d pixels; try 80x60 or 160x120", w, h, Width, Height)
}

// Times are mean ns a frame of each pass.
type Times []float64

// Least of all passes.
func (t Times) Least() float64 { return slices.Min(t) }

// Median of all passes.
func (t Times) Median() float64 { return slices.Sorted(slices.Values(t))[len(t)/2] }

// Read reads the frames of a raw YUYV file, at most 256.
func Read(path string) ([][]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("speed: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("speed: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("speed: %s is no regular file; no mode reads a camera", path)
	}
	if n := info.Size(); n == 0 || n%Size != 0 {
		return nil, fmt.Errorf("speed: %s has %d bytes, want a multiple of %d: raw YUYV frames of %dx%d", path, n, Size, Width, Height)
	}
	frames := make([][]byte, min(most, info.Size()/Size))
	for i := range frames {
		frames[i] = make([]byte, Size)
		if _, err := io.ReadFull(f, frames[i]); err != nil {
			return nil, fmt.Errorf("speed: frame %d: %w", i, err)
		}
	}
	return frames, nil
}

// Cycle times passes over all frames through one pipeline, on one thread: the first pass also learns
// the empty scene, as a device does once after start.
func Cycle(sc *scene.Scene, frames [][]byte, passes int) (Times, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	buffer := make([]byte, Size)
	times := make(Times, passes)
	p, err := pipeline.New(sc, Format())
	if err != nil {
		return nil, err
	}
	sequence := uint32(0)
	for i := range times {
		runtime.GC()
		old := debug.SetGCPercent(-1)
		var spent time.Duration
		for n, frame := range frames {
			copy(buffer, frame)
			f := camera.Frame{Data: buffer, Sequence: sequence}
			sequence++
			start := time.Now()
			err := p.Reduce(&f)
			clear(buffer)
			if err == nil {
				p.Count(f.Sequence)
			}
			spent += time.Since(start)
			if err != nil {
				debug.SetGCPercent(old)
				return nil, fmt.Errorf("speed: frame %d: %w", n, err)
			}
		}
		debug.SetGCPercent(old)
		times[i] = float64(spent) / float64(len(frames))
	}
	return times, nil
}
