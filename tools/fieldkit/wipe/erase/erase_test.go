package erase_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"tellijn/tools/fieldkit/wipe/erase"
	"tellijn/tools/fieldkit/wipe/needles"
)

// card is memory that fails where it is told to.
type card struct {
	b                      []byte
	discards               bool
	worn, deaf, sticky     [2]int64 // cannot be written; cannot be read; keeps what it has and says nothing
	firedWorn, firedSticky int
	flushed                bool
	after                  int // writes until nothing works; 0 for ever
	writes                 int
}

func hits(span [2]int64, off int64, n int) bool { return off < span[1] && off+int64(n) > span[0] }

func (c *card) Size() int64 { return int64(len(c.b)) }
func (c *card) Flush() error {
	c.flushed = true
	return nil
}
func (c *card) Discard(from, to int64) error {
	if !c.discards {
		return errors.ErrUnsupported
	}
	return nil // it said yes, and kept everything: nobody relies on it
}
func (c *card) ReadAt(b []byte, off int64) (int, error) {
	if hits(c.deaf, off, len(b)) {
		return 0, io.ErrUnexpectedEOF
	}
	return copy(b, c.b[off:]), nil
}
func (c *card) WriteAt(b []byte, off int64) (int, error) {
	if c.writes++; c.after > 0 && c.writes > c.after {
		return 0, io.ErrClosedPipe
	}
	if hits(c.worn, off, len(b)) {
		c.firedWorn++
		return 0, io.ErrShortWrite
	}
	if hits(c.sticky, off, len(b)) {
		c.firedSticky++
		for i := range b {
			if at := off + int64(i); at < c.sticky[0] || at >= c.sticky[1] {
				c.b[at] = b[i]
			}
		}
		return len(b), nil
	}
	return copy(c.b[off:], b), nil
}

const size = 21<<20 + 512

var secret = []byte("a key of 32 bytes, or so it says")

func full() (*card, *needles.Set) {
	c := &card{b: bytes.Repeat([]byte{0x5a}, size)}
	copy(c.b[9<<20+100:], secret)
	s := needles.New()
	s.Add("keys", secret)
	return c, s
}

func TestRun(t *testing.T) {
	for _, discards := range []bool{false, true} {
		c, s := full()
		c.discards = discards
		done := int64(0)
		r, err := erase.Run(t.Context(), c, s, func(n int64) { done += n })
		if err != nil || !r.Whole() || !bytes.Equal(c.b, make([]byte, size)) || !c.flushed || done != 3*size || (r.Discarded == size) != discards {
			t.Errorf("%+v, %v, %d", r, err, done)
		}
	}
}

// A damaged card is wiped as far as it goes, and nobody says it was whole.
func TestDamaged(t *testing.T) {
	at := int64(9 << 20)
	for name, tc := range map[string]struct {
		arm  func(c *card)
		good func(r *erase.Result) bool
	}{
		"worn": {func(c *card) { c.worn = [2]int64{at, at + 1000} }, func(r *erase.Result) bool {
			return r.Unwritten == needles.Block && r.Left == needles.Block && r.Search.Found() > 0
		}},
		"keeps what it has": {func(c *card) { c.sticky = [2]int64{at + 4096, at + 4097} }, func(r *erase.Result) bool {
			return r.Unwritten == 0 && r.Left == needles.Block && r.Search.Found() == 0
		}},
		"keeps a key": {func(c *card) { c.sticky = [2]int64{at + 100, at + 116} }, func(r *erase.Result) bool {
			return r.Left == needles.Block && r.Search.Found() == 1
		}},
		"cannot be read": {func(c *card) { c.deaf = [2]int64{5, 6} }, func(r *erase.Result) bool {
			return r.Unread == needles.Block && r.Read == size-needles.Block && r.Zeroed == size
		}},
	} {
		c, s := full()
		tc.arm(c)
		r, err := erase.Run(t.Context(), c, s, func(int64) {})
		if err != nil || r.Whole() || !tc.good(&r) || c.firedWorn+c.firedSticky == 0 && name != "cannot be read" {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		for i, b := range c.b {
			if b != 0 && !hits(c.worn, int64(i)/4096*4096, 4096) && !hits(c.sticky, int64(i), 1) {
				t.Fatalf("%s: byte %d stays although it could be written", name, i)
			}
		}
	}
}

func TestStopped(t *testing.T) {
	for _, at := range []int64{size + 1, 2*size + 1} {
		c, s := full()
		ctx, stop := context.WithCancel(t.Context())
		done := int64(0)
		r, err := erase.Run(ctx, c, s, func(n int64) {
			if done += n; done > at {
				stop()
			}
		})
		if !errors.Is(err, context.Canceled) || r.Whole() {
			t.Errorf("%+v, %v", r, err)
		}
	}
	c, s := full()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if r, err := erase.Run(ctx, c, s, func(int64) {}); !errors.Is(err, context.Canceled) || c.writes > 0 {
		t.Error(r, err)
	}
	c = &card{b: make([]byte, 64<<20), after: 2}
	if r, err := erase.Run(t.Context(), c, s, func(int64) {}); err == nil || r.Whole() || c.writes < 100 {
		t.Errorf("pulled out: %+v, %v", r, err)
	}
	if (&erase.Result{}).Whole() {
		t.Error("nothing at all is whole")
	}
	good := erase.Result{Size: 512, Zeroed: 512, Read: 512}
	found := good
	found.Search.Groups = []needles.Group{{Name: "keys", Pieces: 1, Found: 1}}
	if !good.Whole() || found.Whole() {
		t.Error("found, and whole")
	}
}
