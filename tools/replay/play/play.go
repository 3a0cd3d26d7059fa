// Package play shows how a clip from a file is counted: which cells differ from the empty scene,
// where tracks are, and the line, which lights up when somebody has crossed it. It shows no luma,
// and refuses everything that is no regular file: no mode shows a camera.
package play

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tellijn/counting/crossing"
	"tellijn/counting/pipeline"
	"tellijn/counting/scene"
	"tellijn/hal/camera"
	"tellijn/hal/camera/clip"
)

// ErrDevice is wrapped when something other than a clip is to be played.
var ErrDevice = errors.New("play: no mode shows a camera")

// lit is how long the line shines after a crossing; shown is how many frames are printed where the
// screen cannot be written over.
const (
	lit   = 500 * time.Millisecond
	shown = 3
)

// Open opens a clip, and nothing but a clip.
func Open(path string, wait func(due time.Duration) error) (*clip.Clip, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("play: %w", err)
	}
	if strings.HasPrefix(whole, "/dev/") {
		return nil, fmt.Errorf("%w: %s is below /dev; only clips from files are played", ErrDevice, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("play: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is no regular file (%v); only clips from files are played", ErrDevice, path, info.Mode().Type())
	}
	return clip.Open(path, clip.Options{Wait: wait})
}

// Show plays a clip to its end, or until ctx ends, and closes it. live writes over the screen, frame
// by frame; otherwise a few frames are printed, at crossings.
func Show(ctx context.Context, w io.Writer, live bool, src *clip.Clip, sc *scene.Scene) error {
	defer src.Close()
	p, err := pipeline.New(sc, src.Format())
	if err != nil {
		return err
	}
	defer p.Wipe()
	s := newScreen(w, live, p.Plan(), sc)
	defer s.close()
	all, interval := src.Frames(), src.Format().Interval
	var f camera.Frame
	for n := 1; ctx.Err() == nil; n++ {
		err := src.Borrow(&f)
		if errors.Is(err, camera.ErrEnded) || ctx.Err() != nil {
			break
		}
		if err != nil {
			return fmt.Errorf("play: after %d frames: %w", n-1, err)
		}
		sequence := f.Sequence
		usable := !f.Damaged && p.Reduce(&f) == nil
		if _, err := src.Return(&f); err != nil {
			return fmt.Errorf("play: frame %d: %w", sequence, err)
		}
		if !usable {
			p.Skip(sequence)
			continue
		}
		s.note(p.Watched(sequence, s.draw), uint32(lit/interval))
		if err := s.show(n, all); err != nil {
			return fmt.Errorf("play: %w", err)
		}
	}
	return s.end()
}

// note books the crossings of a cycle and lights the line for some cycles.
func (s *screen) note(found []crossing.Crossing, cycles uint32) {
	for _, c := range found {
		if c.Forward {
			s.forward++
		} else {
			s.backward++
		}
		s.lit = cycles
	}
}
