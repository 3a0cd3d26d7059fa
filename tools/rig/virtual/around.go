package virtual

import (
	"context"
	"errors"
	"fmt"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/forensics"
	"tellijn/tools/rig/forensics/pool"
	"tellijn/tools/rig/gdb"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/outside"
	"tellijn/tools/rig/strike"
	"tellijn/tools/rig/volume"
)

// cable is the network: a board of QEMU has its end in the machine.
type cable struct {
	outside.Network
	r *rig
}

func (r *rig) Network() bench.Network { return cable{r.outside.Network(), r} }

func (c cable) Unplug(out bool) error {
	now := c.r.hand(func(w *state) { w.link = out })
	if now == nil {
		return nil
	}
	return now.m.Link(!out)
}

// Collector is where records go.
func (r *rig) Collector() bench.Collector { return r.outside.Collector() }

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

func (i inside) Crash(ctx context.Context, program string) error {
	return i.debug(func(l *life, c *gdb.Client) error {
		others, err := strike.Crash(ctx, c, l.m.Start.Initrd, program)
		i.r.say(fmt.Sprintf("%s comes by and is struck, after %d others", program, others))
		return err
	})
}

func (i inside) Hang() error {
	return i.debug(func(_ *life, c *gdb.Client) error { return strike.Hang(i.r.ctx, c) })
}

// debug speaks with the stub for debuggers; afterwards the machine goes on.
func (i inside) debug(do func(*life, *gdb.Client) error) error {
	l := i.r.now()
	if l == nil {
		return errOff
	}
	conn, err := l.m.Debug()
	if err != nil {
		return err
	}
	c, err := gdb.New(conn)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	return errors.Join(do(l, c), c.Close())
}

// Board is the running machine itself, for searches of its memory.
func (i inside) Board() (forensics.Board, error) {
	if l := i.r.now(); l != nil {
		return l.m.Machine, nil
	}
	return nil, errOff
}

// Canaries are the frames of the film "canary", nil for another one.
func (i inside) Canaries() *pool.Pool {
	shown, _ := i.r.film.(*pool.Pool)
	return shown
}

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
