package real

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/film"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/real/screen"
	"tellijn/tools/rig/real/tape"
)

// eye is what shows a film to the board.
type eye interface {
	// Plug lets a camera be there for the board that plays a film; Unplug takes it away.
	Plug(film *usbcam.Camera) error
	Unplug() error
	// Err tells why it shows nothing any more, if that is so.
	Err() error
	Close() error
}

// load puts the film in that was asked for, and asks the device for a camera that fits.
func (r *rig) load(p *install.Plan) (err error) {
	switch {
	case r.s.Film == "":
		return nil
	case r.d.Camera.Kind == "none":
		return fmt.Errorf("real: no camera of this desk plays a film: %w", bench.ErrCannot)
	case strings.HasPrefix(r.s.Film, "canary"):
		return fmt.Errorf("real: nobody looks for frames in the memory of a real board: %w", bench.ErrCannot)
	}
	laid, err := p.Laid() // with what the scenario says of the scene
	if err != nil {
		return err
	}
	if r.film, err = film.Open(film.Options{Film: r.s.Film, Format: r.s.Format, Rate: r.s.Rate, Scene: laid.Scene, Say: r.say}); err != nil {
		return err
	}
	p.Camera = r.film.Table()
	p.More += r.film.Config()
	if r.d.Camera.Kind == "screen" {
		r.eye, err = screen.Serve(r.d.Camera.Address, r.say)
	} else {
		r.eye, err = tape.Dial(r.d.Camera.Address, r.say)
	}
	return err
}

// see notes what a line does, and lets the camera be there as long as it is fed.
func (r *rig) see(line string, high bool) {
	part := map[string]string{r.d.Lines.Camera: "camera_power", r.d.Lines.Lamp: "lamp"}[line]
	if part != "" {
		r.mu.Lock()
		r.seen = append(r.seen, bench.Change{At: time.Now(), Part: part, High: high})
		r.mu.Unlock()
	}
	if part == "camera_power" {
		r.say("the line camera_power is " + map[bool]string{true: "high", false: "low"}[high])
	}
	fed := r.d.Lines.Fed // behind the switch, or before it where there is no such wire
	if fed == "" {
		fed = r.d.Lines.Camera
	}
	if line != fed {
		return
	}
	if err := r.sight(func(s *sight) { s.fed = high }); err != nil {
		r.say("the camera: " + err.Error())
	}
}

// sight is whether the board has a camera.
type sight struct{ fed, out, plugged bool }

// sight changes something about it and lets it show. A real camera behind a screen is switched by the board itself.
func (r *rig) sight(change func(*sight)) error {
	r.hands.Lock()
	defer r.hands.Unlock()
	change(&r.view)
	switch want := r.view.fed && !r.view.out; {
	case r.eye == nil || want == r.view.plugged:
		return nil
	case want:
		r.view.plugged = true
		return r.eye.Plug(r.film.Camera())
	default:
		r.view.plugged = false
		return r.eye.Unplug()
	}
}

// Camera is the one before the board.
func (r *rig) Camera() bench.Camera { return lens{r} }

type lens struct{ r *rig }

func errNoFilm() error {
	return fmt.Errorf("real: the scenario has no film: %w", bench.ErrCannot)
}

// screened tells that a real camera looks at a screen.
func (l lens) screened() bool { return l.r.d.Camera.Kind == "screen" }

// Cable takes a camera that is played away as if its cable were out; that of a real one has to be cut by a relay.
func (l lens) Cable(out bool) error {
	l.r.say(map[bool]string{true: "the camera's cable is out", false: "the camera's cable is in"}[out])
	if l.screened() || l.r.d.Lines.Cable != "" {
		return l.r.drive("the camera's cable", l.r.d.Lines.Cable, out)
	}
	if l.r.film == nil {
		return errNoFilm()
	}
	return l.r.sight(func(s *sight) { s.out = out })
}

// Fault spoils frames. What a camera's own chip adds to a frame stays as it is.
func (l lens) Fault(kind string, n int) error {
	switch {
	case l.r.film == nil:
		return errNoFilm()
	case kind == "error" || kind == "long" || l.screened() && kind != "bright" && kind != "stall":
		return fmt.Errorf("real: camera fault %q: %w", kind, bench.ErrCannot)
	}
	return l.r.film.Fault(kind, n)
}

func (l lens) Played() int {
	if l.r.film == nil {
		return 0
	}
	return l.r.film.Played()
}

func (l lens) Await(ctx context.Context, n int) error {
	if l.r.film == nil {
		return errNoFilm()
	}
	return errors.Join(l.r.film.Await(ctx, n), l.r.eye.Err())
}

// Replayed counts the frames that left the camera. What a lens sees of a screen is not what was shown.
func (l lens) Replayed() ([]bench.Counts, error) {
	switch {
	case l.r.film == nil:
		return nil, errNoFilm()
	case l.screened():
		return nil, fmt.Errorf("real: a lens does not see a screen as it is: %w", bench.ErrCannot)
	}
	return l.r.film.Replayed()
}

func (l lens) Truth() ([]bench.Counts, error) {
	if l.r.film == nil {
		return nil, errNoFilm()
	}
	return l.r.film.Truth()
}
