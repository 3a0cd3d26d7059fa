package real

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"tellijn/hal"
	"tellijn/tools/fieldkit/drive"
	"tellijn/tools/fieldkit/image"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/real/usb"
)

// supply is what switches the board's power.
type supply interface {
	Set(on bool) error
	Close() error
}

// mux gives the card to the board or to this computer.
type mux interface {
	Give(board bool) error
	Close() error
}

func (r *rig) newSupply() (supply, error) {
	p := r.d.Power
	switch p.Kind {
	case "line":
		return lineSupply{r}, nil
	case "command":
		return commands{r.ctx, p.On, p.Off}, nil
	}
	c, err := r.m.USB(usb.Place{Port: p.Hub})
	if err != nil {
		return nil, err
	}
	port, err := usb.NewPort(c, p.Port)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return port, nil
}

func (r *rig) newMux() (mux, error) {
	if r.d.Card.Kind == "command" {
		return commands{r.ctx, r.d.Card.Device, r.d.Card.Host}, nil
	}
	c, err := r.m.USB(usb.Place{Vendor: usb.SDWireVendor, Product: usb.SDWireProduct, Serial: r.d.Card.Serial})
	if err != nil {
		return nil, err
	}
	return usb.NewSDWire(c), nil
}

// lineSupply is a relay or a transistor at a line of the bench.
type lineSupply struct{ r *rig }

func (l lineSupply) Set(on bool) error {
	return l.r.drive("the power of the board", l.r.d.Lines.Supply, on)
}
func (l lineSupply) Close() error { return nil }

// commands are programs of this computer that switch something, such as usbsdmux or uhubctl.
type commands struct {
	ctx     context.Context
	on, off []string
}

// patience bounds one such program.
const patience = 30 * time.Second

func (c commands) Set(on bool) error {
	words := c.off
	if on {
		words = c.on
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(c.ctx), patience) // power has to go off after a scenario was stopped, too
	defer stop()
	out, err := exec.CommandContext(ctx, words[0], words[1:]...).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("real: no program %q: %w", words[0], hal.ErrAbsent)
	}
	if err != nil {
		return fmt.Errorf("real: %q: %w: %s", words, err, out)
	}
	return nil
}

func (c commands) Give(board bool) error { return c.Set(board) }
func (c commands) Close() error          { return nil }

// wake is how long a board may take until its 3.3 V are there.
const wake = 5 * time.Second

// Power gives the board power, or takes it away at once.
func (r *rig) Power(on bool) error {
	r.turn.Lock()
	defer r.turn.Unlock()
	if on && r.on {
		return errors.New("real: the board has power already")
	}
	was := r.on
	if on {
		r.mu.Lock()
		if r.from.IsZero() {
			r.from = time.Now()
		}
		r.mu.Unlock()
		r.say(bench.Powered)
	} else if was {
		r.say(bench.Dark)
	}
	if err := r.supply.Set(on); err != nil {
		return err
	}
	r.on = on
	if on || was {
		return r.settled(on)
	}
	return nil
}

// quiet is how long a board without power has to say nothing until its last line is over.
const quiet = 300 * time.Millisecond

// settled waits until the board has power, or has none any more: a hub can say that it cut the power and not do it, and
// a serial port can feed a board through its data line. Without a wire that tells, the time has to do.
func (r *rig) settled(on bool) error {
	alive := r.d.Lines.Alive
	if alive == "" {
		if !on {
			select {
			case <-time.After(r.d.Power.Wait):
			case <-r.ctx.Done():
			}
			r.console.Cut(quiet)
		}
		return nil
	}
	limit := r.d.Power.Wait + wake
	err := r.follower.Await(alive, on, limit)
	if !on {
		r.console.Cut(quiet)
	}
	if err != nil && on {
		return fmt.Errorf("real: the board was given power and has none: %w; hint: its plug, and the port of the hub", err)
	} else if err != nil {
		return fmt.Errorf("real: the power was taken from the board and it still has some: %w; hint: README.md, hubs that only say so", err)
	}
	return nil
}

// dark sees that the board has no power at the start.
func (r *rig) dark() error {
	if err := r.supply.Set(false); err != nil {
		return err
	}
	return r.settled(false)
}

// Hold holds the button.
func (r *rig) Hold(d time.Duration) error {
	r.say(fmt.Sprintf("the button is held for %v", d))
	if err := r.drive("the button", r.d.Lines.Button, true); err != nil {
		return err
	}
	select {
	case <-time.After(d):
	case <-r.ctx.Done():
	}
	return r.drive("the button", r.d.Lines.Button, false)
}

// appear is how long a card may take until this computer has it.
const appear = 20 * time.Second

// awaitDrive waits for the drive of the card and refuses what is none.
func awaitDrive(ctx context.Context, path string, size int64) (string, error) {
	ctx, stop := context.WithTimeout(ctx, appear)
	defer stop()
	for {
		real, err := filepath.EvalSymlinks(path)
		if err == nil {
			var d drive.Drive
			if d, err = drive.Here().Find(real); err == nil && d.Bytes > 0 {
				return real, d.Refuse(size, drive.Allow{})
			}
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return "", fmt.Errorf("real: the card is not at %s: %w; hint: is it in the multiplexer?", path, errors.Join(err, ctx.Err()))
		}
	}
}

// build makes an image from the source tree.
func build(ctx context.Context, board, dir string, say func(string)) (string, error) {
	say("the image of " + board + " is made from the source tree")
	path := filepath.Join(dir, board+".img")
	_, err := image.Build(ctx, image.Options{Board: board, Path: path}, os.Stderr)
	return path, err
}

// drive drives one line of the bench.
func (r *rig) drive(what, line string, high bool) error {
	if line == "" {
		return fmt.Errorf("real: no line of this desk is for %s: %w", what, bench.ErrCannot)
	}
	adapter, wire, _ := strings.Cut(line, "/")
	return r.adapters[adapter].Set(wire, high)
}

// Parts are the lines of the board.
func (r *rig) Parts() bench.Parts { return parts{r} }

type parts struct{ r *rig }

func (p parts) Changes() []bench.Change {
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	return append([]bench.Change(nil), p.r.seen...)
}

// Switch closes or opens the camera's supply by two transistors beside the switch, whatever the board wants.
func (p parts) Switch(state string) error {
	l := p.r.d.Lines
	switch state {
	case "works", "welded", "broken":
	default:
		return fmt.Errorf("real: switch %q, want works, welded or broken", state)
	}
	p.r.say("the camera's switch: " + state)
	return errors.Join(p.r.drive("a welded switch", l.Weld, state == "welded"), p.r.drive("a broken switch", l.Break, state == "broken"))
}
