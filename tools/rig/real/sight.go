package real

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/door"
)

// film is what the camera plays.
type film interface {
	Camera() *usbcam.Camera
	Played() int
	Replayed() ([]bench.Counts, error)
	Truth() ([]bench.Counts, error)
}

// eye is what shows a film to the board.
type eye interface {
	// Plug lets the camera be there for the board, or takes it away.
	Plug(in bool) error
	// Exact tells whether the board gets the frames as they are.
	Exact() bool
	Close() error
}

// camera puts the film in that was asked for.
func (r *rig) camera() error {
	kind, rest, _ := strings.Cut(r.s.Film, " ")
	switch {
	case r.s.Film == "":
		return nil
	case r.d.Camera.Kind == "none":
		return fmt.Errorf("real: no camera of this desk plays a film: %w", bench.ErrCannot)
	case kind == "door":
		seed, err := strconv.ParseUint(rest, 10, 64)
		if err != nil {
			return fmt.Errorf("real: film %q, want door and a number", r.s.Film)
		}
		d, err := door.New(seed, &r.device.Board.Scene)
		if err != nil {
			return err
		}
		r.film = drawn{d, r.device.Board.Scene.NLines}
	default:
		return fmt.Errorf("real: film %q: %w", r.s.Film, bench.ErrCannot)
	}
	var err error
	r.eye, err = newEye(r)
	return err
}

func newEye(r *rig) (eye, error) { return nil, bench.ErrCannot }

// see notes what a line does, and lets the camera be there as long as it is fed.
func (r *rig) see(line string, high bool) {
	part := map[string]string{r.d.Lines.Camera: "camera_power", r.d.Lines.Lamp: "lamp"}[line]
	if part != "" && line != "" {
		r.mu.Lock()
		r.seen = append(r.seen, bench.Change{At: time.Now(), Part: part, High: high})
		r.mu.Unlock()
	}
	if part == "camera_power" {
		r.say("the line camera_power is " + map[bool]string{true: "high", false: "low"}[high])
	}
	if fed := r.fed(); line == fed && line != "" {
		r.feed(high)
	}
}

// fed is the line that tells whether the camera has power: behind the switch, or before it where there is no such wire.
func (r *rig) fed() string {
	if r.d.Lines.Fed != "" {
		return r.d.Lines.Fed
	}
	return r.d.Lines.Camera
}

// feed lets the camera be there as long as it has power.
func (r *rig) feed(fed bool) {
	if r.eye == nil {
		return
	}
	if err := r.eye.Plug(fed); err != nil {
		r.say("the camera: " + err.Error())
	}
}

// drawn is a film of drawn people.
type drawn struct {
	*door.Door
	lines int
}

func (d drawn) Played() int {
	_, _, frames := d.Passed(0)
	return frames
}

func (d drawn) Replayed() ([]bench.Counts, error) { return nil, bench.ErrCannot }

func (d drawn) Truth() (all []bench.Counts, err error) {
	for i := range d.lines {
		var c bench.Counts
		c.Forward, c.Backward, _ = d.Passed(i)
		all = append(all, c)
	}
	return all, d.Err()
}

// Camera is the one before the board.
func (r *rig) Camera() bench.Camera { return lens{r} }

type lens struct{ r *rig }

func (l lens) Cable(bool) error {
	return bench.ErrCannot
}

func (l lens) Fault(string, int) error { return bench.ErrCannot }

func (l lens) Played() int {
	if l.r.film == nil {
		return 0
	}
	return l.r.film.Played()
}

func (l lens) Await(ctx context.Context, n int) error {
	for want := l.Played() + n; l.Played() < want; {
		select {
		case <-ctx.Done():
			return fmt.Errorf("real: %d frames of %d: %w", l.Played()+n-want, n, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

func (l lens) Replayed() ([]bench.Counts, error) {
	if l.r.film == nil || !l.r.eye.Exact() {
		return nil, fmt.Errorf("real: what a lens sees of a screen is not what was shown: %w", bench.ErrCannot)
	}
	return l.r.film.Replayed()
}

func (l lens) Truth() ([]bench.Counts, error) {
	if l.r.film == nil {
		return nil, bench.ErrCannot
	}
	return l.r.film.Truth()
}
