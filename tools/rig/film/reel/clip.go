package reel

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"time"

	"tellijn/counting/scene"
	"tellijn/hal"
	"tellijn/hal/camera"
	"tellijn/hal/camera/clip"
	"tellijn/tools/replay/clips"
	"tellijn/tools/replay/truth"
)

// recorded is a clip.
type recorded struct {
	clip   *clip.Clip
	truth  truth.Clip
	format camera.Format
	last   []byte
	given  int
}

// openClip opens a clip of the truth file in a folder by its name there.
func openClip(folder, name string) (Reel, scene.Scene, error) {
	all, err := truth.Read(filepath.Join(folder, "truth.json"))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("reel: no clips in %q: %w; TELLIJN_CLIPS names their folder", folder, hal.ErrAbsent)
	}
	if err != nil {
		return nil, scene.Scene{}, err
	}
	i := slices.IndexFunc(all, func(c truth.Clip) bool { return c.Name == name })
	if i < 0 {
		return nil, scene.Scene{}, fmt.Errorf("reel: no clip %q in %q", name, folder)
	}
	r := &recorded{truth: all[i]}
	sc, err := r.truth.Scene()
	if err != nil {
		return nil, scene.Scene{}, err
	}
	if r.clip, err = clips.Open(folder, &r.truth); err != nil {
		return nil, scene.Scene{}, fmt.Errorf("reel: %w", err)
	}
	r.format = r.clip.Format()
	// Cameras have so and so many frames a second.
	r.format.Interval = time.Second / time.Duration(max(math.Round(float64(time.Second)/float64(r.format.Interval)), 1))
	if r.format.Pixel != camera.MJPEG {
		r.format.Pixel, r.format.Stride = camera.YUYV, 2*r.format.Width
	}
	return r, *sc, nil
}

func (r *recorded) Format() camera.Format { return r.format }
func (r *recorded) Close() error          { return r.clip.Close() }
func (r *recorded) Over() bool            { return r.given >= r.clip.Frames() }

func (r *recorded) Largest() int {
	if r.format.Pixel == camera.MJPEG {
		return r.clip.Largest()
	}
	return r.format.Stride * r.format.Height
}

func (r *recorded) Next() ([]byte, error) {
	var f camera.Frame
	err := r.clip.Borrow(&f)
	if errors.Is(err, camera.ErrEnded) && r.last != nil {
		r.given = r.clip.Frames()
		return r.last, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reel: clip %s: %w", r.truth.Name, err)
	}
	if from := r.clip.Format(); from.Pixel == camera.MJPEG {
		r.last = append(r.last[:0], f.Data...)
	} else {
		r.last = grey(r.last, f.Data, from, r.format.Stride)
	}
	r.given++
	if _, err := r.clip.Return(&f); err != nil {
		return nil, fmt.Errorf("reel: clip %s: %w", r.truth.Name, err)
	}
	return r.last, nil
}

// grey makes YUYV without colour of a luma plane.
func grey(to, luma []byte, f camera.Format, stride int) []byte {
	if to == nil {
		to = make([]byte, stride*f.Height)
	}
	for y := range f.Height {
		for x := range f.Width {
			to[y*stride+2*x], to[y*stride+2*x+1] = luma[y*f.Stride+x], 128
		}
	}
	return to
}

// Truth is what people saw who looked at the clip.
func (r *recorded) Truth(line int) (forward, backward uint32, known bool) {
	count := func(frames []int) (n uint32) {
		for _, frame := range frames {
			if frame < r.given {
				n++
			}
		}
		return n
	}
	if line > 0 {
		return 0, 0, true
	}
	return count(r.truth.Forward), count(r.truth.Backward), true
}
