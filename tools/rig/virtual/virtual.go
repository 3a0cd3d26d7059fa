// Package virtual is a bench whose boards are emulated: the product's own image, unchanged, on a card with a device
// that never existed before, in a machine of QEMU with a camera, a network and a collector made up for it. Everything
// around the board can be moved, spoilt and looked at; nobody real is counted. What only some scenarios need stands in
// packages of its own (tools/rig/disk, segment, receiver, volume). It is for the rig, outside the data path.
package virtual

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tellijn/tools/fieldkit/image"
	"tellijn/tools/rig/bench"
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
type Bench struct {
	o Options

	mu   sync.Mutex
	dir  string            // of the images that were made
	made map[string]string // path by board
	sums map[string]sum    // by path
}

// sum is the SHA-256 of an image as it was then.
type sum struct {
	hex  string
	size int64
	at   time.Time
}

var _ bench.Bench = (*Bench)(nil)

// New makes a bench.
func New(o Options) *Bench {
	if o.Log == nil {
		o.Log = io.Discard
	}
	return &Bench{o: o, made: map[string]string{}, sums: map[string]sum{}}
}

// Kind is "virtual".
func (b *Bench) Kind() string { return "virtual" }

// Close removes the images that were made.
func (b *Bench) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.made)
	if b.dir == "" {
		return nil
	}
	return os.RemoveAll(b.dir)
}

// Open makes everything ready for one scenario.
func (b *Bench) Open(ctx context.Context, s bench.Setup, log io.Writer, say func(string)) (bench.Rig, error) {
	path, sum, err := b.image(ctx, &s, say)
	if err != nil {
		return nil, err
	}
	return open(ctx, s, path, sum, log, say)
}

// image gives the image for a scenario and its SHA-256 in hex.
func (b *Bench) image(ctx context.Context, s *bench.Setup, say func(string)) (path, hex string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case s.Image != "":
		path = s.Image
	case b.o.Images[s.Board] != "":
		path = b.o.Images[s.Board]
	case b.made[s.Board] != "":
		path = b.made[s.Board]
	default:
		if b.dir == "" {
			if b.dir, err = os.MkdirTemp("", "images"); err != nil {
				return "", "", fmt.Errorf("virtual: %w", err)
			}
		}
		path = filepath.Join(b.dir, s.Board+".img")
		say("the image of " + s.Board + " is made from the source tree")
		if _, err := image.Build(ctx, image.Options{Board: s.Board, Path: path, Tree: b.o.Tree}, b.o.Log); err != nil {
			return "", "", err
		}
		b.made[s.Board] = path
	}
	hex, err = b.sum(path)
	return path, hex, err
}

// sum gives the SHA-256 of a file, which is read again only if it is not what it was. b.mu is held.
func (b *Bench) sum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("virtual: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("virtual: %w", err)
	}
	if had, ok := b.sums[path]; ok && had.size == st.Size() && had.at.Equal(st.ModTime()) {
		return had.hex, nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("virtual: %w", err)
	}
	now := sum{hex.EncodeToString(h.Sum(nil)), st.Size(), st.ModTime()}
	b.sums[path] = now
	return now.hex, nil
}
