// Package run counts one source of frames with the counting of the device, and times it. It keeps
// no frame.
package run

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"tellijn/counting/crossing"
	"tellijn/counting/grid"
	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// Result is what came of one source.
type Result struct {
	Frames  int // counted on
	Damaged int // came, but could not be counted on
	Plan    grid.Plan
	// Crossings in order of their frames.
	Crossings []crossing.Crossing
	Nanos     int64 // a frame, spent in reducing and counting
}

// Each is called with every frame before it is counted, damaged ones included. It must keep nothing.
type Each func(f *camera.Frame)

// Count counts src to its end with the settings of every device and closes it.
func Count(src camera.Source, sc *scene.Scene, each Each) (Result, error) {
	defer src.Close()
	p, err := pipeline.New(sc, src.Format())
	if err != nil {
		return Result{}, err
	}
	defer p.Wipe()
	r := Result{Plan: p.Plan()}
	var spent time.Duration
	var f camera.Frame
	for {
		err := src.Borrow(&f)
		if errors.Is(err, camera.ErrEnded) {
			break
		}
		if err != nil {
			return r, fmt.Errorf("after %d frames: %w", r.Frames+r.Damaged, err)
		}
		if each != nil {
			each(&f)
		}
		sequence, usable := f.Sequence, !f.Damaged
		start := time.Now()
		if usable {
			usable = p.Reduce(&f) == nil
		}
		spent += time.Since(start)
		if _, err := src.Return(&f); err != nil {
			return r, fmt.Errorf("frame %d: %w", sequence, err)
		}
		if !usable {
			r.Damaged++
			p.Skip(sequence)
			continue
		}
		start = time.Now()
		found := p.Count(sequence)
		spent += time.Since(start)
		r.Frames++
		r.Crossings = append(r.Crossings, found...)
	}
	if r.Frames == 0 {
		return r, fmt.Errorf("none of %d frames could be counted on", r.Damaged)
	}
	r.Nanos = int64(spent) / int64(r.Frames)
	slices.SortStableFunc(r.Crossings, func(a, b crossing.Crossing) int { return cmp.Compare(a.Frame, b.Frame) })
	return r, nil
}

// Way gives the frames of the crossings of one line in one direction.
func (r *Result) Way(line uint8, forward bool) (frames []int) {
	for _, c := range r.Crossings {
		if c.Line == line && c.Forward == forward {
			frames = append(frames, int(c.Frame))
		}
	}
	return frames
}
