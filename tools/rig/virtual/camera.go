package virtual

import (
	"context"
	"fmt"

	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/film"
	"tellijn/tools/rig/forensics/pool"
	"tellijn/tools/rig/install"
)

// played is what the camera plays.
type played interface {
	// Camera gives one that goes on where the film is; Pace tells which process has to work its frames off.
	Camera() *usbcam.Camera
	Pace(pid int)
	// Table are the keys of the table [camera] of a device that looks at it, Config further lines of its configuration.
	Table() string
	Config() string
	Fault(kind string, n int) error
	Played() int
	Await(ctx context.Context, n int) error
	Replayed() ([]bench.Counts, error)
	Truth() ([]bench.Counts, error)
}

// load puts the film in that was asked for, and asks the device for a camera that fits.
func (r *rig) load(p *install.Plan) error {
	switch {
	case r.s.Film == "":
		return nil
	case p.Board.Driver != "v4l2":
		return fmt.Errorf("virtual: the board %q draws what it sees by itself, want no film", p.Board.Name)
	}
	laid, err := p.Laid() // with what the scenario says of the scene
	if err != nil {
		return err
	}
	if r.s.Film == "canary" {
		shown, err := pool.New(r.s.Format, r.s.Rate)
		if err != nil {
			return err
		}
		r.film = shown
	} else {
		shown, err := film.Open(film.Options{Film: r.s.Film, Format: r.s.Format, Rate: r.s.Rate, Scene: laid.Scene, Say: r.say})
		if err != nil {
			return err
		}
		r.film = shown
	}
	p.Camera = r.film.Table()
	p.More += r.film.Config()
	return nil
}

// lens is the camera before the board.
type lens struct {
	played
	r *rig
}

func (r *rig) Camera() bench.Camera {
	f := r.film
	if f == nil {
		f = none{}
	}
	return lens{f, r}
}

// none is the film where there is no camera.
type none struct{ played }

func (none) Fault(string, int) error           { return errNoCamera() }
func (none) Played() int                       { return 0 }
func (none) Await(context.Context, int) error  { return errNoCamera() }
func (none) Replayed() ([]bench.Counts, error) { return nil, errNoCamera() }
func (none) Truth() ([]bench.Counts, error)    { return nil, errNoCamera() }

func errNoCamera() error {
	return fmt.Errorf("virtual: no camera hangs on this board: %w", bench.ErrCannot)
}

func (l lens) Cable(out bool) error {
	now := l.r.hand(func(w *state) { w.out = out })
	if now == nil {
		return nil
	}
	if now.m.Bench == nil {
		return bench.ErrCannot
	}
	return now.m.Bench.Cable(out)
}

// lines are those that the board moves.
type lines struct{ r *rig }

func (r *rig) Parts() bench.Parts { return lines{r} }

func (l lines) Changes() []bench.Change {
	l.r.mu.Lock()
	defer l.r.mu.Unlock()
	all := append([]bench.Change(nil), l.r.past...)
	if now := l.r.life; now != nil && now.m.Bench != nil {
		for _, c := range now.m.Bench.Changes() {
			all = append(all, bench.Change{At: c.At, Part: c.Part, High: c.High})
		}
	}
	return all
}

func (l lines) Switch(to string) error {
	if to != "works" && to != "welded" && to != "broken" {
		return fmt.Errorf("virtual: switch %q, want works, welded or broken", to)
	}
	now := l.r.hand(func(w *state) { w.feed = to })
	if now == nil {
		return nil
	}
	if now.m.Bench == nil {
		return bench.ErrCannot
	}
	return feed(now, to)
}
