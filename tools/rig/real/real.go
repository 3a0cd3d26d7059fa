// Package real is a bench whose boards stand on a desk: power from a hub or a relay, a serial port that listens, wires
// to the lamp and the button, a multiplexer for the card, a network card that leads to the bench's own segment, and a
// camera that plays a film. The image is the product's own; scenarios are those of the virtual bench. What hands
// cannot reach on a real board, such as its memory, wraps bench.ErrCannot. It is for the rig, outside the data path.
//
// Nothing in it was tried on real hardware yet: each adapter was tried against a double that checks what comes over the
// wire, and the whole bench against a scripted board. Untried has the list.
package real

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"tellijn/hal"
	"tellijn/tools/fieldkit/burn"
	"tellijn/tools/fieldkit/medium"
	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/real/desk"
	"tellijn/tools/rig/real/lines"
	"tellijn/tools/rig/real/serial"
	"tellijn/tools/rig/real/usb"
	"tellijn/tools/rig/real/wire"
)

// Medium is the card while this computer has it.
type Medium interface {
	burn.Card
	Close() error
}

// Makers open what stands on the desk. Tests have doubles of the hardware behind some of them.
type Makers struct {
	Port  func(path string, baud int) (io.ReadCloser, error)
	Lines func(kind, path string, in, out []string) (lines.Adapter, error)
	USB   func(usb.Place) (usb.Control, error)
	// Drive waits until the card is there, says where, and refuses a drive that is likely no card.
	Drive func(ctx context.Context, path string, size int64) (string, error)
	Card  func(path string) (Medium, error)
	// Net takes a network card; nil is a bench whose board has no cable, for tests.
	Net func(name string) (wire.Card, error)
	// Images are those that were made before: paths by the name of the board.
	Images map[string]string
	// Image makes the image of another board from the source tree, in a folder, and gives its path.
	Image func(ctx context.Context, board, dir string, say func(string)) (string, error)
}

// Hardware is what a bench works with.
func Hardware() Makers {
	return Makers{Port: serial.Open, Lines: lines.Open, USB: usb.Open, Drive: awaitDrive, Net: wire.Open, Image: build,
		Card: func(path string) (Medium, error) {
			m, err := medium.Open(path)
			if errors.Is(err, medium.ErrAbsent) {
				err = fmt.Errorf("%w: %w", err, hal.ErrAbsent)
			}
			if err != nil { // a nil medium must not become a card that is not nil
				return nil, err
			}
			return m, nil
		}}
}

// Bench is a desk.
type Bench struct {
	d *desk.Desk
	m Makers

	mu    sync.Mutex
	dir   string // of images that were made
	image string // the one of the desk's board
	now   *rig   // the scenario under way
}

var _ bench.Bench = (*Bench)(nil)

// New is the bench of a desk. Nothing is opened before a scenario needs it.
func New(d *desk.Desk, m Makers) *Bench { return &Bench{d: d, m: m} }

// Kind is "real".
func (b *Bench) Kind() string { return "real" }

// Open writes the card and makes everything ready; that takes minutes. A desk has one board, so the one before has to
// have ended.
func (b *Bench) Open(ctx context.Context, s bench.Setup, log io.Writer, say func(string)) (bench.Rig, error) {
	if say == nil {
		say = func(string) {}
	}
	if s.Board != b.d.Board {
		return nil, fmt.Errorf("real: the scenario is for %s, on the desk stands %s: %w", s.Board, b.d.Board, bench.ErrCannot)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now != nil {
		return nil, errors.New("real: the board is at work in another scenario")
	}
	if s.Image == "" {
		// Making an image takes minutes, which nobody waits for before a desk without a board.
		port, err := b.m.Port(b.d.Console.Path, b.d.Console.Baud)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(port.Close(), b.make(ctx, say)); err != nil {
			return nil, err
		}
		s.Image = b.image
	}
	r, err := open(ctx, b.d, b.m, s, log, say)
	if err != nil {
		return nil, err
	}
	b.now = r
	r.free = func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.now = nil
	}
	return r, nil
}

// make makes the image once. b.mu is held.
func (b *Bench) make(ctx context.Context, say func(string)) (err error) {
	if b.image == "" {
		b.image = b.m.Images[b.d.Board]
	}
	if b.image != "" {
		return nil
	}
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "rig"); err != nil {
			return fmt.Errorf("real: %w", err)
		}
	}
	b.image, err = b.m.Image(ctx, b.d.Board, b.dir, say)
	return err
}

// Close removes the images that were made.
func (b *Bench) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dir == "" {
		return nil
	}
	return os.RemoveAll(b.dir)
}

// possible tells whether hands could do what a scenario asks for.
func possible(s *bench.Setup) error {
	no := func(what string) error { return fmt.Errorf("real: %s: %w", what, bench.ErrCannot) }
	switch {
	case !s.Clock.IsZero():
		return no("nobody sets the clock of a real board from outside")
	case s.NoClock && s.Board == "rpi-5":
		return no("the clock of this board is on its processor's own board")
	case s.Reader || s.Journal:
		return no("a real card fails when it wants to")
	case s.Kernel != "":
		return no("the command line of a real board is that of its image")
	}
	return nil
}

// Untried is what was never tried on real hardware, one line each, for the list of the bench and for README.md.
func Untried() []string {
	return []string{
		"the bench as a whole: no board has ever stood on it",
		"the serial port: tried on a pseudo-terminal of this computer, not on an adapter",
		"power by a hub: the control transfers were checked against a scripted hub; whether a hub cuts its 5 V shows the line alive",
		"lines by an MCP2221A: the reports were checked against a scripted adapter",
		"lines by a gpiochip: the driver is that of the product, tried on simulated chips only",
		"the SDWire: the control transfer was checked; no card was ever moved by it",
		"the card: written and read back by the writer of fieldkit, into a file",
		"the network: tried between two ends of a virtual cable; whether a card that is switched off drops the link depends on the card",
		"the camera made of a Pi Zero: its answers to the USB host were checked, its tree of settings was made in a folder; no host ever saw it",
		"the screen before the lens: the page was looked at in a browser; no camera ever looked at it",
	}
}
