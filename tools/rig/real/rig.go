package real

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/film"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/outside"
	"tellijn/tools/rig/real/desk"
	"tellijn/tools/rig/real/lines"
	"tellijn/tools/rig/real/serial"
	"tellijn/tools/rig/real/wire"
)

// rig is the board on the desk with all that is around it.
type rig struct {
	ctx  context.Context
	d    *desk.Desk
	m    Makers
	s    bench.Setup
	say  func(string)
	free func() // tells the bench that the desk is free
	sum  string // of the image
	dir  string
	size int64 // of the image in bytes

	port     io.Closer
	console  *serial.Console
	adapters map[string]lines.Adapter
	follower *lines.Follower
	supply   supply
	mux      mux
	outside  *outside.Outside
	wire     *wire.Wire
	device   *install.Device
	film     *film.Film
	eye      eye
	hands    sync.Mutex // of the camera
	view     sight

	turn sync.Mutex // of the power
	on   bool
	mu   sync.Mutex // of what follows
	seen []bench.Change
	from time.Time // of the first power
}

var _ bench.Rig = (*rig)(nil)

// open makes everything ready: the board has no power, and the card with the device is in it.
func open(ctx context.Context, d *desk.Desk, m Makers, s bench.Setup, log io.Writer, say func(string)) (_ *rig, err error) {
	if err := possible(&s); err != nil {
		return nil, err
	}
	if s.Now.IsZero() {
		s.Now = time.Now()
	}
	r := &rig{ctx: ctx, d: d, m: m, s: s, say: say, free: func() {}, adapters: map[string]lines.Adapter{}}
	if r.dir, err = os.MkdirTemp("", "rig"); err != nil { // short, for paths of sockets
		return nil, fmt.Errorf("real: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.End())
		}
	}()
	port, err := m.Port(d.Console.Path, d.Console.Baud)
	if err != nil {
		return nil, err
	}
	r.port, r.console = port, serial.Listen(port, log, nil)
	for _, step := range []func() error{r.parts, r.network, r.install, r.dark} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	image := filepath.Join(r.dir, "card.img")
	if err := r.write(image); err != nil {
		return nil, err
	}
	return r, os.Remove(image) // it holds the keys of the device
}

// parts opens adapters and power, and takes the power away.
func (r *rig) parts() error {
	for _, a := range r.d.Adapters {
		in, out := r.d.Of(a.Name)
		if len(in)+len(out) == 0 {
			continue
		}
		made, err := r.m.Lines(a.Kind, a.Path, in, out)
		if err != nil {
			return err
		}
		r.adapters[a.Name] = made
	}
	r.follower = lines.Follow(r.adapters, r.see)
	var err error
	if r.supply, err = r.newSupply(); err != nil {
		return err
	}
	r.mux, err = r.newMux()
	return err
}

// network starts collector and segment and joins the board's cable to them.
func (r *rig) network() (err error) {
	o := outside.Options{Dir: r.dir, Now: r.Now, NoTime: r.s.NoTime, Mute: r.s.Mute, Say: r.say}
	if r.outside, err = outside.Start(o); err != nil || r.m.Net == nil {
		return err
	}
	card, err := r.m.Net(r.d.Network.Card)
	if err != nil {
		return err
	}
	if r.wire, err = wire.Join(card, r.outside.Wire); err != nil {
		return errors.Join(err, card.Close())
	}
	return nil
}

// install makes the card's image, with a device on it that never existed before.
func (r *rig) install() error {
	image := filepath.Join(r.dir, "card.img")
	if err := install.Copy(r.s.Image, image); err != nil {
		return err
	}
	f, err := os.Open(image)
	if err != nil {
		return fmt.Errorf("real: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if r.size, err = io.Copy(h, f); err != nil {
		return fmt.Errorf("real: %w", err)
	}
	r.sum = hex.EncodeToString(h.Sum(nil))
	p, err := install.For(f, &r.s, r.outside.Receiver.Enrol)
	if err != nil {
		return err
	}
	if err := r.load(&p); err != nil {
		return err
	}
	if r.device, err = install.Make(p); err != nil {
		return err
	}
	return install.Put(image, r.device.Files)
}

// Image is the SHA-256 of the card's image, before the device was put on it.
func (r *rig) Image() string { return r.sum }

// Now is the time of everybody on the bench. It stands still until the board gets power for the first time.
func (r *rig) Now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.from.IsZero() {
		return r.s.Now
	}
	return r.s.Now.Add(time.Since(r.from))
}

// Console is what the board says.
func (r *rig) Console() bench.Console { return r.console }

// End takes the power away and lets go of everything. What was forgotten on the card has keys of nobody.
func (r *rig) End() error {
	var err error
	if r.supply != nil {
		err = errors.Join(r.Power(false), r.supply.Close())
	}
	if r.follower != nil {
		err = errors.Join(err, r.follower.Close())
	}
	if r.eye != nil {
		err = errors.Join(err, r.eye.Close())
	}
	if r.film != nil {
		err = errors.Join(err, r.film.Close())
	}
	for _, a := range r.adapters {
		err = errors.Join(err, a.Close())
	}
	if r.mux != nil {
		err = errors.Join(err, r.mux.Close())
	}
	if r.wire != nil {
		err = errors.Join(err, r.wire.Close())
	}
	if r.outside != nil {
		err = errors.Join(err, r.outside.Close())
	}
	if r.port != nil {
		err = errors.Join(err, r.port.Close())
		<-r.console.Done()
	}
	r.free()
	return errors.Join(err, os.RemoveAll(r.dir))
}
