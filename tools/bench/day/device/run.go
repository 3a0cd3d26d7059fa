package device

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"time"

	"tellijn/tools/bench/day/crowd"
	"tellijn/tools/try/wire"
)

// Interval of the simulated board, in its own time.
const Interval = 15 * time.Minute

// Plan is what one run is made of.
type Plan struct {
	Site *Site
	// Dir is an existing directory for the collector and what programs say.
	Dir string
	// Cards are existing directories for what the devices keep, in the order of the site's names.
	Cards []string
	// Speed of the camera, and seconds of the calendar to one of the camera.
	Speed, Compress int
	People          *crowd.Minute
	// Apart leaves the cables unplugged at the start.
	Apart bool
}

// Pace is how long an interval takes in the world.
func (p *Plan) Pace() time.Duration { return Interval / time.Duration(p.Speed*p.Compress) }

// Run is a run that goes on.
type Run struct {
	Devices []*Device

	plan      Plan
	collector *exec.Cmd
	log       *os.File
	lights    chan struct{} // closed when every camera begins
	stop      chan struct{}
	done      sync.WaitGroup
}

// Wires lays the cables of a run; their ports are known before anything is sent.
func Wires(n int) (all []*wire.Wire, err error) {
	for range n {
		w, err := wire.Lay()
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// Start starts collector and devices.
func Start(ctx context.Context, p Plan, wires []*wire.Wire) (r *Run, err error) {
	r = &Run{plan: p, lights: make(chan struct{}), stop: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Stop())
		}
	}()
	if r.log, err = os.Create(filepath.Join(p.Dir, "log")); err != nil {
		return r, err
	}
	address, err := r.collect(ctx)
	if err != nil {
		return r, err
	}
	for i, name := range p.Site.Names {
		wires[i].To(address)
		wires[i].Pull(p.Apart)
		d := &Device{Name: name, Wire: wires[i], Dir: filepath.Join(p.Cards[i], name)}
		if err := lay(filepath.Join(p.Site.dir, name), d.Dir); err != nil {
			return r, err
		}
		conf := filepath.Join(p.Dir, name+".toml")
		if err := os.WriteFile(conf, []byte(p.Site.text(name, d.Wire.Address())), 0o600); err != nil {
			return r, err
		}
		if err := r.begin(d, conf); err != nil {
			return r, err
		}
		r.Devices = append(r.Devices, d)
	}
	time.AfterFunc(ready, func() { close(r.lights) })
	return r, nil
}

// ready is how long every eye has to start. Then all cameras begin at the same moment: time goes by their
// frames, and between the doors of a room a tenth of a second would be a minute and a half.
const ready = 2 * time.Second

// collect starts the collector and gives its address.
func (r *Run) collect(ctx context.Context) (string, error) {
	dir := filepath.Join(r.plan.Dir, store)
	if err := lay(filepath.Join(r.plan.Site.dir, store), dir); err != nil {
		return "", err
	}
	c := exec.CommandContext(ctx, filepath.Join(r.plan.Site.programs, "collector"), "serve", "-dir", dir, "-listen", "127.0.0.1:0", "-simulated")
	c.Stderr = r.log
	out, err := c.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := c.Start(); err != nil {
		return "", err
	}
	r.collector = c
	said, err := bufio.NewReader(out).ReadString('\n')
	m := regexp.MustCompile(`https://(\S+),`).FindStringSubmatch(said)
	if m == nil {
		return "", fmt.Errorf("device: the collector said %q: %w", said, err)
	}
	r.done.Go(func() { _, _ = io.Copy(r.log, out) })
	return m[1], nil
}

// begin starts one device.
func (r *Run) begin(d *Device, conf string) error {
	look, view, err := os.Pipe()
	if err != nil {
		return err
	}
	defer view.Close()
	eye, frames, err := os.Pipe()
	if err != nil {
		return err
	}
	defer eye.Close()
	own := func(name string) string { return filepath.Join(r.plan.Site.programs, name) }
	d.cmd = exec.Command(own("warden"), "-board", "sim", "-driver", "clip", "-dir", d.Dir, "-config", conf, "-view", "3", "-feed", "4",
		"-eye", own("eye"), "-courier", own("courier"), "-dialer", own("dialer"),
		"-speed", strconv.Itoa(r.plan.Speed), "-compress", strconv.Itoa(r.plan.Compress))
	d.cmd.Stdout, d.cmd.Stderr, d.cmd.ExtraFiles = r.log, r.log, []*os.File{view, eye}
	if err := d.cmd.Start(); err != nil {
		return err
	}
	d.ended = make(chan struct{})
	r.done.Go(func() {
		d.err = d.cmd.Wait()
		close(d.ended)
	})
	r.done.Go(func() { d.look(look) })
	r.done.Go(func() {
		defer frames.Close()
		select {
		case <-r.lights:
		case <-r.stop:
		}
		_ = r.plan.People.Play(frames, r.plan.Speed, r.stop)
	})
	return nil
}

// Stop ends everything in order, the devices first.
func (r *Run) Stop() error {
	var errs []error
	for _, d := range r.Devices {
		_ = d.cmd.Process.Signal(syscall.SIGTERM)
	}
	close(r.stop)
	for _, d := range r.Devices {
		late := time.AfterFunc(40*time.Second, func() { _ = d.cmd.Process.Kill() })
		<-d.ended
		late.Stop()
		if d.err != nil {
			said, _ := os.ReadFile(r.log.Name())
			errs = append(errs, fmt.Errorf("device: %s: %w; at last it was said:\n%s", d.Name, d.err, said[max(0, len(said)-600):]))
		}
	}
	if r.collector != nil {
		_ = r.collector.Process.Signal(syscall.SIGTERM)
		_ = r.collector.Wait()
	}
	r.done.Wait()
	for _, d := range r.Devices {
		d.Wire.Close()
	}
	if r.log != nil {
		r.log.Close()
	}
	return errors.Join(errs...)
}
