package wipe

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	layout "tellijn/boards/card"
	"tellijn/tools/fieldkit/wipe/paper"
)

// faulty breaks while it is used.
type faulty struct {
	card
	forgetful bool // takes the command to forget, as a loop device does and many cards do not
	onWrite   func(off int64, n int) error
	onRead    func(off int64, b []byte) error
}

func (f *faulty) WriteAt(b []byte, off int64) (int, error) {
	if f.onWrite != nil {
		if err := f.onWrite(off, len(b)); err != nil {
			return 0, err
		}
	}
	return f.card.WriteAt(b, off)
}

func (f *faulty) Discard(from, to int64) error {
	if !f.forgetful {
		return errors.ErrUnsupported
	}
	return f.card.Discard(from, to)
}

func (f *faulty) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.card.ReadAt(b, off)
	if err == nil && f.onRead != nil {
		err = f.onRead(off, b)
	}
	return n, err
}

// A search that finds nothing before shows nothing afterwards: then nothing is wiped.
func TestBlind(t *testing.T) {
	b := newBench(t)
	f, fired := &faulty{}, 0
	b.kit.open = func(path string) (card, error) {
		m, err := open(path)
		f.card = m
		f.onRead = func(_ int64, p []byte) error {
			if _, err := os.Stat(b.path("kept/SHA256SUMS")); err == nil {
				fired++
				clear(p)
			}
			return nil
		}
		return f, err
	}
	err := b.run(t.Context(), b.args("-yes", filepath.Base(b.loop.Path)))
	if fired == 0 || err == nil || !strings.Contains(err.Error(), "the search shows nothing; nothing was wiped") {
		t.Error(fired, err)
	}
	if _, missing := b.there(); len(missing) > 0 {
		t.Error("gone from the card: ", missing)
	}
}

func covers(off int64, n int, at int64) bool { return off <= at && at < off+int64(n) }

// A damaged card is wiped as far as it goes; the export says what could not be read, the certificate what could
// not be wiped, and nobody is told that all is well.
func TestDamaged(t *testing.T) {
	if testing.Short() {
		t.Skip("wipes half a gigabyte six times; not with -short")
	}
	data := layout.Data().Start
	for what, c := range map[string]struct {
		arm   func(b *bench, f *faulty, fired func(), stop func())
		whole bool
		says  string // in the export
		good  func(c *paper.Certificate) bool
		err   error
	}{
		"a bad block in the data": {func(_ *bench, f *faulty, fired, _ func()) {
			done := false // writing it anew mends it, as on real cards
			f.onWrite = func(off int64, n int) error { done = true; return nil }
			f.onRead = func(off int64, b []byte) error {
				if !done && covers(off, len(b), data+layout.DataSize-9<<20) {
					fired()
					return syscall.EIO
				}
				return nil
			}
		}, true, "4096 bytes of it cannot be read", func(c *paper.Certificate) bool { return c.Export.Records == 30 && c.Export.Doubts == 1 }, nil},
		"no data file system": {func(b *bench, _ *faulty, fired, _ func()) {
			f, err := os.OpenFile(b.used.Path, os.O_RDWR, 0)
			if err != nil {
				b.t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteAt(make([]byte, 2<<20), data); err != nil {
				b.t.Fatal(err)
			}
			fired()
		}, true, "cannot be mounted", func(c *paper.Certificate) bool {
			return c.Export.Records == 0 && c.Device == "north-door" && c.Key == [32]byte{}
		}, nil},
		"a block cannot be written": {func(_ *bench, f *faulty, fired, _ func()) {
			f.onWrite = func(off int64, n int) error {
				if covers(off, n, marked()["slot B"]) {
					fired()
					return syscall.EIO
				}
				return nil
			}
		}, false, "", func(c *paper.Certificate) bool {
			return c.Work.Unwritten == 4096 && c.Work.Left == 4096 && c.Search.After == 17
		}, errNotWhole},
		"it lies about one block": {func(_ *bench, f *faulty, fired, _ func()) {
			written := false
			f.onWrite = func(int64, int) error { written = true; return nil }
			f.onRead = func(off int64, b []byte) error {
				if written && covers(off, len(b), 99<<20) {
					fired()
					b[99<<20-off] = 1
				}
				return nil
			}
		}, false, "", func(c *paper.Certificate) bool {
			return c.Work.Unwritten == 0 && c.Work.Left == 4096 && c.Search.After == 0
		}, errNotWhole},
		"pulled out": {func(b *bench, f *faulty, fired, _ func()) {
			f.onWrite = func(off int64, _ int) error {
				if off == 100<<20 {
					fired()
					return b.loop.Pull(100 << 20)
				}
				return nil
			}
		}, false, "", func(c *paper.Certificate) bool { return c.Work.Zeroed == 100<<20 && c.Work.Read == 0 }, errNotWhole},
		"Ctrl-C": {func(_ *bench, f *faulty, fired, stop func()) {
			f.onWrite = func(off int64, _ int) error {
				if off == 100<<20 {
					fired()
					stop()
				}
				return nil
			}
		}, false, "", func(c *paper.Certificate) bool { return c.Work.Zeroed == 104<<20 }, context.Canceled},
	} {
		t.Run(what, func(t *testing.T) {
			b := newBench(t)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			fired := 0
			f := &faulty{}
			c.arm(b, f, func() { fired++ }, stop)
			b.kit.open = func(path string) (card, error) {
				m, err := open(path)
				f.card = m
				return f, err
			}
			err := b.run(ctx, b.args("-yes", filepath.Base(b.loop.Path)))
			if fired == 0 {
				t.Fatal("the fault never came", err)
			}
			cert := b.certificate()
			if !errors.Is(err, c.err) || (err == nil) != c.whole || cert.Whole != c.whole || !c.good(cert) {
				t.Errorf("%v, %+v\n%s", err, cert, b.errOut.String())
			}
			said, _ := os.ReadFile(b.path("kept/not-read.txt"))
			if !strings.Contains(string(said), c.says) || (c.says == "") != (len(said) == 0) || !strings.Contains(b.errOut.String(), c.says) {
				t.Errorf("%s", said)
			}
			if strings.Contains(b.errOut.String(), "can be taken out") != c.whole {
				t.Error(b.errOut.String())
			}
			if found, _ := b.there(); c.whole && len(found) > 0 {
				t.Error("still on the card: ", found)
			}
		})
	}
}
