package virtual

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/forensics"
	"tellijn/tools/rig/forensics/pool"
	"tellijn/tools/rig/gdb"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/segment/scan"
	"tellijn/tools/rig/strike"
	"tellijn/tools/rig/volume"
)

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
	c.r.segment.Clocks(off, silent)
	return nil
}

func (c cable) Weather(delay time.Duration, loss int) error {
	c.r.segment.Weather(delay, loss)
	return nil
}

func (c cable) Struck() int64        { return c.r.segment.Struck() }
func (c cable) Sent() map[string]int { return c.r.segment.Sent() }

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

func (s store) Be(kind string) error      { return s.r.front.Be(kind) }
func (s store) Struck() int64             { return s.r.front.Struck() }
func (s store) Waiting() int              { return s.r.collector.Waiting() }
func (s store) Records() []record.Record  { return s.r.collector.Records() }
func (s store) Events() []devicelog.Entry { return s.r.collector.Events() }
func (s store) Verify() error {
	_, err := s.r.collector.Verify()
	return err
}
func (s store) Await(ctx context.Context, done func([]record.Record, []devicelog.Entry) bool) error {
	return s.r.collector.Await(ctx, done)
}

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
