package virtual

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tellijn/firmware/config"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/door"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/segment/scan"
)

// film is what the camera plays.
type film interface {
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
	kind, rest, _ := strings.Cut(r.s.Film, " ")
	switch {
	case r.s.Film == "":
		return nil
	case p.Board.Driver != "v4l2":
		return fmt.Errorf("virtual: the board %q draws what it sees by itself, want no film", p.Board.Name)
	}
	laid := p.Board // with what the scenario says of the scene
	if err := config.Apply("config", fmt.Sprintf("device = %q\n", Name)+r.s.Config, &laid); err != nil {
		return err
	}
	if kind != "door" {
		return fmt.Errorf("virtual: film %q: %w", r.s.Film, bench.ErrCannot)
	}
	seed, err := strconv.ParseUint(rest, 10, 64)
	if err != nil {
		return fmt.Errorf("virtual: film %q, want door and a number", r.s.Film)
	}
	d, err := door.New(seed, &laid.Scene)
	if err != nil {
		return err
	}
	r.film = &drawn{d, laid.Scene.NLines}
	p.Camera = r.film.Table()
	p.More += r.film.Config()
	return nil
}

// drawn is a film of drawn people.
type drawn struct {
	*door.Door
	lines int
}

func (d *drawn) Pace(int)       {}
func (d *drawn) Table() string  { return "" }
func (d *drawn) Config() string { return "" }
func (d *drawn) Fault(kind string, _ int) error {
	return fmt.Errorf("virtual: camera fault %q: %w", kind, bench.ErrCannot)
}

func (d *drawn) Played() int {
	_, _, frames := d.Passed(0)
	return frames
}

func (d *drawn) Await(ctx context.Context, n int) error {
	for want := d.Played() + n; d.Played() < want; {
		select {
		case <-ctx.Done():
			return fmt.Errorf("virtual: %d frames of %d: %w", d.Played()+n-want, n, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return d.Err()
}

func (d *drawn) Replayed() ([]bench.Counts, error) { return nil, bench.ErrCannot }

func (d *drawn) Truth() (all []bench.Counts, err error) {
	for i := range d.lines {
		var c bench.Counts
		c.Forward, c.Backward, _ = d.Passed(i)
		all = append(all, c)
	}
	return all, d.Err()
}

// lens is the camera before the board.
type lens struct {
	film
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
type none struct{ film }

func (none) Fault(string, int) error           { return errNoCamera() }
func (none) Played() int                       { return 0 }
func (none) Await(context.Context, int) error  { return errNoCamera() }
func (none) Replayed() ([]bench.Counts, error) { return nil, errNoCamera() }
func (none) Truth() ([]bench.Counts, error)    { return nil, errNoCamera() }

func errNoCamera() error {
	return fmt.Errorf("virtual: no camera hangs on this board: %w", bench.ErrCannot)
}

func (l lens) Cable(out bool) error {
	l.r.mu.Lock()
	l.r.want.out = out
	now := l.r.life
	l.r.mu.Unlock()
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

func (l lines) Switch(state string) error {
	if state != "works" && state != "welded" && state != "broken" {
		return fmt.Errorf("virtual: switch %q, want works, welded or broken", state)
	}
	l.r.mu.Lock()
	l.r.want.feed = state
	now := l.r.life
	l.r.mu.Unlock()
	if now == nil {
		return nil
	}
	if now.m.Bench == nil {
		return bench.ErrCannot
	}
	return feed(now, state)
}

// cable is the network.
type cable struct{ r *rig }

func (r *rig) Network() bench.Network { return cable{r} }

func (c cable) Cut(cut bool) error   { c.r.segment.Pull(cut); return nil }
func (c cable) Mute(mute bool) error { c.r.segment.Mute(mute); return nil }

func (c cable) Unplug(out bool) error {
	c.r.mu.Lock()
	c.r.want.link = out
	now := c.r.life
	c.r.mu.Unlock()
	if now == nil {
		return nil
	}
	return now.m.Link(!out)
}

func (c cable) Clocks(off time.Duration, silent bool) error {
	if silent {
		return bench.ErrCannot
	}
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.r.want.off = off
	return nil
}

func (c cable) Weather(time.Duration, int) error { return bench.ErrCannot }
func (c cable) Sent() map[string]int             { return c.r.segment.Sent() }

func (c cable) Scan(ctx context.Context) ([]int, error) {
	var ports []int
	tcp, err := scan.TCP(ctx, c.r.segment, scan.All())
	if err != nil {
		return nil, err
	}
	udp, err := scan.UDP(ctx, c.r.segment, scan.Usual()[:8])
	for _, p := range append(tcp.Open, udp.Open...) {
		ports = append(ports, int(p))
	}
	if err == nil && tcp.Closed < 1<<16-100 {
		err = fmt.Errorf("virtual: %v: too few answers, so nothing can be said", tcp)
	}
	return ports, err
}

// store is the collector.
type store struct{ r *rig }

func (r *rig) Collector() bench.Collector { return store{r} }

func (s store) Be(kind string) error {
	if kind == "honest" {
		return nil
	}
	return bench.ErrCannot
}
func (s store) Struck() int64             { return 0 }
func (s store) Records() []record.Record  { return s.r.collector.Records() }
func (s store) Events() []devicelog.Entry { return s.r.collector.Events() }
func (s store) Verify() error {
	_, err := s.r.collector.Verify()
	return err
}
func (s store) Await(ctx context.Context, done func([]record.Record, []devicelog.Entry) bool) error {
	return s.r.collector.Await(ctx, done)
}
