package virtual

import (
	"context"
	"errors"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/volume"
)

// slot is the card and its reader.
type slot struct{ r *rig }

func (r *rig) Card() bench.Card { return slot{r} }

func (c slot) Fault(kind string) error {
	if c.r.reader == nil {
		return errReader()
	}
	return c.r.reader.Be(kind)
}

func errReader() error {
	return errors.New("virtual: the card is in no reader that can fail, want reader or journal in the head of the scenario")
}

func (c slot) Struck() int64 {
	if c.r.reader == nil {
		return 0
	}
	return c.r.reader.Struck()
}

func (c slot) Catch(ctx context.Context, moment string) error {
	if c.r.reader == nil {
		return errReader()
	}
	return c.r.reader.Catch(ctx, moment)
}

func (c slot) Journal() (string, error) {
	if c.r.reader == nil || !c.r.s.Journal {
		return "", errors.New("virtual: no journal is kept, want journal in the head of the scenario")
	}
	return c.r.journal(), c.r.reader.Sync()
}

func (c slot) Fill(free int64) error {
	if err := c.r.dark(); err != nil {
		return err
	}
	return volume.Fill(c.r.card, c.r.dir, free)
}

func (c slot) Booked() ([]bench.Counts, error) {
	if err := c.r.dark(); err != nil {
		return nil, err
	}
	return volume.Booked(c.r.card, c.r.dir, c.r.device.Board.Scene.NLines)
}

func (c slot) Sound() error {
	if err := c.r.dark(); err != nil {
		return err
	}
	return volume.Sound(c.r.card, c.r.dir)
}

func (c slot) Copy(path string) error {
	if err := c.r.dark(); err != nil {
		return err
	}
	return install.Copy(c.r.card, path)
}

// inside is the inside of the machine.
type inside struct{ r *rig }

func (r *rig) Machine() bench.Machine { return inside{r} }

func (i inside) Memory(path string) error {
	l := i.r.now()
	if l == nil {
		return errOff
	}
	if err := l.m.Stop(); err != nil {
		return err
	}
	return errors.Join(l.m.Memory(path), l.m.Cont())
}

func (i inside) Crash(context.Context, string) error { return bench.ErrCannot }
func (i inside) Hang() error                         { return bench.ErrCannot }

func (i inside) Resets() int {
	i.r.mu.Lock()
	defer i.r.mu.Unlock()
	n := i.r.bite
	if i.r.life != nil {
		n += i.r.life.m.Bites()
	}
	return n
}

// Console is what the board says.
func (r *rig) Console() bench.Console { return r.says }
