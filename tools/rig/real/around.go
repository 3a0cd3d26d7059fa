package real

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tellijn/tools/fieldkit/burn"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/outside"
	"tellijn/tools/rig/volume"
)

// write writes an image to the card, as fieldkit does, and gives the card to the board.
func (r *rig) write(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("real: %w", err)
	}
	defer f.Close()
	r.say("the card is written and read back")
	return r.card(func(m Medium) error {
		j := burn.Job{Card: m, Source: f, Size: r.size}
		return j.Run(r.ctx)
	})
}

// card lets f have the card, and gives it back to the board.
func (r *rig) card(f func(Medium) error) (err error) {
	if r.on {
		return errors.New("real: the board has power; switch it off first")
	}
	if err := r.mux.Give(false); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.mux.Give(true)) }()
	path, err := r.m.Drive(r.ctx, r.d.Card.Drive, r.size)
	if err != nil {
		return err
	}
	m, err := r.m.Card(path)
	if err != nil {
		return err
	}
	return errors.Join(f(m), m.Close())
}

// Card is the card of the board.
func (r *rig) Card() bench.Card { return slot{r} }

type slot struct{ r *rig }

func (slot) Fault(kind string) error {
	if kind == "none" {
		return nil
	}
	return fmt.Errorf("real: card fault %q: a real card fails when it wants to: %w", kind, bench.ErrCannot)
}
func (slot) Struck() int64                       { return 0 }
func (slot) Catch(context.Context, string) error { return bench.ErrCannot }
func (slot) Journal() (string, error)            { return "", bench.ErrCannot }

// Copy reads what the image was written to; the rest of a larger card has nothing of it.
func (c slot) Copy(path string) error {
	return c.r.card(func(m Medium) error {
		out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("real: %w", err)
		}
		_, err = io.Copy(out, io.NewSectionReader(m, 0, c.r.size))
		return errors.Join(err, out.Close())
	})
}

// copied lets f look at a copy of the card.
func (c slot) copied(f func(path string) error) error {
	path := filepath.Join(c.r.dir, "copy.img")
	defer os.Remove(path)
	if err := c.Copy(path); err != nil {
		return err
	}
	return f(path)
}

func (c slot) Booked() (all []bench.Counts, err error) {
	err = c.copied(func(path string) (err error) {
		all, err = volume.Booked(path, c.r.dir, c.r.device.Board.Scene.NLines)
		return err
	})
	return all, err
}

func (c slot) Sound() error {
	return c.copied(func(path string) error { return volume.Sound(path, c.r.dir) })
}

func (c slot) Fill(free int64) error {
	return c.copied(func(path string) error {
		if err := volume.Fill(path, c.r.dir, free); err != nil {
			return err
		}
		return c.r.write(path)
	})
}

// Network is the other end of the board's cable.
func (r *rig) Network() bench.Network { return cable{r.outside.Network(), r} }

type cable struct {
	outside.Network
	r *rig
}

// Unplug switches this computer's end of the cable off, which most network cards tell the other end by.
func (c cable) Unplug(out bool) error {
	if c.r.wire == nil {
		return bench.ErrCannot
	}
	return c.r.wire.Carrier(!out)
}

// Collector is where records go.
func (r *rig) Collector() bench.Collector { return r.outside.Collector() }

// Machine is the inside of an emulated board; a real one keeps it to itself.
func (r *rig) Machine() bench.Machine { return inside{} }

type inside struct{}

func (inside) Memory(string) error                 { return bench.ErrCannot }
func (inside) Crash(context.Context, string) error { return bench.ErrCannot }
func (inside) Hang() error                         { return bench.ErrCannot }
func (inside) Resets() int                         { return 0 }
