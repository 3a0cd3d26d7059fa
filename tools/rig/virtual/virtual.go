// Package virtual is a bench whose boards are emulated: the product's own image, unchanged, on a card with a device
// that never existed before, in a machine of QEMU with a camera, a network and a collector made up for it. Everything
// around the board can be moved, spoilt and looked at; nobody real is counted. What only some scenarios need stands in
// packages of its own (tools/rig/disk, outside, volume). It is for the rig, outside the data path.
package virtual

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/disk"
	"tellijn/tools/rig/hear"
	"tellijn/tools/rig/install"
	"tellijn/tools/rig/outside"
	"tellijn/tools/rig/virtual/images"
)

// Options say where images come from.
type Options struct {
	// Tree is a folder in the source tree, from which images are made; "" is the current one.
	Tree string
	// Images are those of boards that were made before: paths by the name of the board.
	Images map[string]string
	// Log gets the progress of making an image; nil for nobody.
	Log io.Writer
}

// Bench makes rigs of emulated boards. Each board's image is made once and reused, unchanged.
type Bench struct{ images images.Store }

var _ bench.Bench = (*Bench)(nil)

// New makes a bench.
func New(o Options) *Bench {
	return &Bench{images.Store{Tree: o.Tree, Ready: o.Images, Log: o.Log}}
}

// Kind is "virtual".
func (b *Bench) Kind() string { return "virtual" }

// Close removes the images that were made.
func (b *Bench) Close() error { return b.images.Close() }

// Open makes everything ready for one scenario.
func (b *Bench) Open(ctx context.Context, s bench.Setup, log io.Writer, say func(string)) (bench.Rig, error) {
	if log == nil {
		log = io.Discard
	}
	path, sum, err := b.images.Get(ctx, s.Board, s.Image, say)
	if err != nil {
		return nil, err
	}
	r, err := open(ctx, s, path, sum, log, say)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// open makes everything ready. The clock of the bench begins when the board first gets power.
func open(ctx context.Context, s bench.Setup, image, sum string, log io.Writer, say func(string)) (_ *rig, err error) {
	if s.Now.IsZero() {
		s.Now = time.Now()
	}
	r := &rig{ctx: ctx, s: s, say: say, sum: sum, says: hear.New(log), lamp: map[string]bool{}, want: state{feed: "works"}}
	if r.dir, err = os.MkdirTemp("", "rig"); err != nil { // short, for paths of sockets
		return nil, fmt.Errorf("virtual: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.End())
		}
	}()
	r.card = filepath.Join(r.dir, "card.img")
	if err := install.Copy(image, r.card); err != nil {
		return nil, err
	}
	if r.outside, err = outside.Start(outside.Options{Dir: r.dir, Now: r.Now, NoTime: s.NoTime, Mute: s.Mute, Say: r.arrived}); err != nil {
		return nil, err
	}
	if err := r.install(); err != nil {
		return nil, err
	}
	return r, r.insert()
}

// insert puts the card into the board, or into a reader before it.
func (r *rig) insert() (err error) {
	r.plug = r.card
	if !r.s.Reader && !r.s.Journal {
		return nil
	}
	path := filepath.Join(r.dir, "reader")
	if r.reader, err = disk.Serve(r.card, path); err != nil {
		return err
	}
	r.plug = "nbd+unix:///?socket=" + path
	if r.s.Journal {
		return r.reader.Record(r.journal())
	}
	return nil
}
