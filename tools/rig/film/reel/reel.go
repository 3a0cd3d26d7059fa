// Package reel makes the frames of a film, one after the other: drawn people at a door, a recorded clip, stripes, the
// dark, or a light that goes off and on. The same reel opened again makes the same frames, so that none needs to be
// kept. Nobody real is in them but on clips that were published for such use. It is for the rig, outside the data path.
package reel

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tellijn/counting/scene"
	"tellijn/hal/camera"
)

// Reel gives frames. It is used from one goroutine.
type Reel interface {
	// Format of the frames: YUYV or MJPEG.
	Format() camera.Format
	// Largest is the size of the largest frame in bytes.
	Largest() int
	// Next gives the next frame, which stays as it is until the next call. After the last one it gives that one
	// again and again.
	Next() ([]byte, error)
	// Over tells that the last frame was given.
	Over() bool
	// Truth gives who crossed a line up to the frame given last; false where nobody knows.
	Truth(line int) (forward, backward uint32, known bool)
	Close() error
}

// Options say what to open.
type Options struct {
	// Film is "door SEED", "light SEED", "clip NAME", "pattern" or "dark".
	Film string
	// Format is such as "yuyv 320x240" or "mjpeg 640x480"; "" means the first. A clip has its own.
	Format string
	Rate   int // frames a second, 0 for 10; a clip has its own
	// Scene is where people are drawn.
	Scene scene.Scene
	// Clips is the folder with the clips and their truth.json.
	Clips string
}

// Open opens a reel, and gives the scene that it is to be counted with. A clip that is not there is an error that wraps
// hal.ErrAbsent.
func Open(o Options) (Reel, scene.Scene, error) {
	kind, rest, _ := strings.Cut(o.Film, " ")
	if kind == "clip" {
		return openClip(o.Clips, rest)
	}
	f, err := format(o.Format, o.Rate)
	if err != nil {
		return nil, o.Scene, err
	}
	r, err := open(kind, rest, f, &o.Scene)
	if err == nil && f.Pixel == camera.MJPEG {
		r = &coded{Reel: r, format: f}
	}
	return r, o.Scene, err
}

// open opens what is drawn, as YUYV.
func open(kind, rest string, f camera.Format, sc *scene.Scene) (Reel, error) {
	raw := f
	raw.Pixel, raw.Stride = camera.YUYV, 2*f.Width
	switch kind {
	case "door", "light":
		seed, err := strconv.ParseUint(rest, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("reel: film %q, want %s and a number", kind+" "+rest, kind)
		}
		return openPlay(kind, seed, raw, sc)
	case "pattern", "dark":
		if rest == "" {
			return &plain{format: raw, dark: kind == "dark", pixels: make([]byte, raw.Stride*raw.Height)}, nil
		}
	}
	return nil, fmt.Errorf("reel: film %q, want door SEED, light SEED, clip NAME, pattern or dark", strings.TrimSpace(kind+" "+rest))
}

// format reads what a scenario says of the camera.
func format(text string, rate int) (f camera.Format, err error) {
	if text == "" {
		text = "yuyv 320x240"
	}
	if rate == 0 {
		rate = 10
	}
	kind, size, _ := strings.Cut(text, " ")
	width, height, _ := strings.Cut(size, "x")
	f.Pixel = map[string]camera.PixelFormat{"yuyv": camera.YUYV, "mjpeg": camera.MJPEG}[kind]
	w, werr := strconv.Atoi(width)
	h, herr := strconv.Atoi(height)
	if f.Pixel == 0 || werr != nil || herr != nil || rate < 1 || rate > 120 || w%2 != 0 {
		return f, fmt.Errorf("reel: camera %q at %d frames a second, want such as \"yuyv 320x240\" or \"mjpeg 640x480\", an even width, and 1 to 120", text, rate)
	}
	f.Width, f.Height, f.Interval = w, h, time.Second/time.Duration(rate)
	if f.Pixel == camera.YUYV {
		f.Stride = 2 * w
	}
	return f, f.Check()
}
