package burn_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"tellijn/tools/fieldkit/burn"
)

// write is one write that a card was asked for.
type write struct{ from, to int64 }

// card is memory that says what was done to it, and fails when it is told to.
type card struct {
	b       []byte
	writes  []write
	flushed int // of writes
	// Each is asked before the card does anything, and may be nil.
	onWrite func(from int64, b []byte) error
	onRead  func(from int64, b []byte) error // after b was read
	onFlush func() error
}

func (c *card) Size() int64 { return int64(len(c.b)) }

func (c *card) WriteAt(b []byte, off int64) (int, error) {
	if off%burn.Head != 0 {
		return 0, fmt.Errorf("at %d, no whole blocks", off)
	}
	if c.onWrite != nil {
		if err := c.onWrite(off, b); err != nil {
			return 0, err
		}
	}
	c.writes = append(c.writes, write{off, off + int64(len(b))})
	return copy(c.b[off:], b), nil
}

func (c *card) ReadAt(b []byte, off int64) (int, error) {
	n := copy(b, c.b[off:])
	if n < len(b) {
		return n, io.EOF
	}
	if c.onRead != nil {
		return n, c.onRead(off, b)
	}
	return n, nil
}

func (c *card) Flush() error {
	c.flushed = len(c.writes)
	if c.onFlush != nil {
		return c.onFlush()
	}
	return nil
}

// bootable tells whether a board would start from the card.
func (c *card) bootable() bool { return c.b[510] == 0x55 && c.b[511] == 0xAA }

const size = 9<<20 + burn.Head

// source is an image of noise, so that nothing in it is equal by chance.
func source() []byte {
	b := make([]byte, size)
	rand.NewChaCha8([32]byte{1}).Read(b)
	b[510], b[511] = 0x55, 0xAA
	return b
}

// old is a card that boots something else.
func old(n int) *card {
	c := &card{b: bytes.Repeat([]byte{0x77}, n)}
	c.b[510], c.b[511] = 0x55, 0xAA
	return c
}

func TestOrder(t *testing.T) {
	src, c := source(), old(20<<20)
	steps, checked := int64(0), false
	j := burn.Job{Card: c, Source: bytes.NewReader(src), Size: size, Step: func(n int64) { steps += n }, Check: func(r io.ReaderAt) error {
		checked = true
		if c.bootable() || c.flushed != len(c.writes) {
			t.Error("checked when it boots already, or before it is flushed")
		}
		got := make([]byte, size-burn.Head)
		if _, err := r.ReadAt(got, burn.Head); err != nil || !bytes.Equal(got, src[burn.Head:]) {
			t.Error("checked before all is there", err)
		}
		return nil
	}}
	if err := j.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(c.b[:size], src) || !checked || steps != j.Work() || c.flushed != len(c.writes) {
		t.Error("not the image", checked, steps, j.Work())
	}
	if !bytes.Equal(c.b[19<<20:], make([]byte, 1<<20)) || c.b[19<<20-1] != 0x77 {
		t.Error("the copy of an old table at the end stays, or more than that is gone")
	}
	// The first write empties the first sector, the last fills it, and none between touches it.
	for i, w := range c.writes {
		first, last := i == 0, i == len(c.writes)-1
		if touches := w.from < burn.Head; touches != (first || last) || last && w != (write{0, burn.Head}) {
			t.Errorf("write %d of %d: %+v", i, len(c.writes), w)
		}
	}
	if len(c.writes) < 6 {
		t.Error("all at once: the order shows nothing")
	}
}

// Whatever goes wrong, the card does not boot, the error says what it was, and the hint what to do.
func TestFaults(t *testing.T) {
	pulled := fmt.Errorf("write: %w", syscall.EIO)
	for name, arm := range map[string]struct {
		arm  func(c *card, j *burn.Job, fired func(), stop func())
		err  error
		hint string
	}{
		"pulled out midway": {func(c *card, _ *burn.Job, fired, _ func()) {
			c.onWrite = func(from int64, _ []byte) error {
				if from >= 4<<20 && from < 19<<20 {
					fired()
					return pulled
				}
				return nil
			}
		}, syscall.EIO, "pulled out"},
		"pulled out while it is read back": {func(c *card, _ *burn.Job, fired, _ func()) {
			c.onRead = func(from int64, b []byte) error {
				if from >= 8<<20 && len(b) > burn.Head && from < 19<<20 {
					fired()
					return syscall.ENODEV
				}
				return nil
			}
		}, syscall.ENODEV, "pulled out"},
		"smaller than it says": {func(c *card, _ *burn.Job, fired, _ func()) {
			c.onWrite = func(from int64, _ []byte) error {
				if from >= 8<<20 {
					fired()
					return syscall.ENOSPC
				}
				return nil
			}
		}, syscall.ENOSPC, "smaller than it says"},
		"flush fails": {func(c *card, _ *burn.Job, fired, _ func()) {
			c.onFlush = func() error {
				if len(c.writes) > 3 {
					fired()
					return syscall.EIO
				}
				return nil
			}
		}, syscall.EIO, "broken"},
		"one bit lies": {func(c *card, _ *burn.Job, fired, _ func()) {
			c.onRead = func(from int64, b []byte) error {
				if from <= 5<<20 && 5<<20 < from+int64(len(b)) {
					fired()
					b[5<<20-from] ^= 4
				}
				return nil
			}
		}, burn.ErrDiffers, "Throw it away"},
		"forgets everything": {func(c *card, _ *burn.Job, fired, _ func()) {
			was := bytes.Clone(c.b)
			c.onRead = func(from int64, b []byte) error {
				fired()
				copy(b, was[from:])
				return nil
			}
		}, burn.ErrDiffers, "Throw it away"},
		"the check does not like it": {func(_ *card, j *burn.Job, fired, _ func()) {
			j.Check = func(io.ReaderAt) error { fired(); return io.ErrNoProgress }
		}, io.ErrNoProgress, "Start again"},
		"Ctrl-C while writing": {func(_ *card, j *burn.Job, fired, stop func()) {
			j.Step = func(int64) { fired(); stop() }
		}, context.Canceled, "You stopped it"},
		"Ctrl-C while reading back": {func(_ *card, j *burn.Job, fired, stop func()) {
			n := int64(0)
			j.Step = func(d int64) {
				if n += d; n > size {
					fired()
					stop()
				}
			}
		}, context.Canceled, "You stopped it"},
		"Ctrl-C at the last moment": {func(_ *card, j *burn.Job, fired, stop func()) {
			j.Check = func(io.ReaderAt) error { fired(); stop(); return nil }
		}, context.Canceled, "You stopped it"},
		"read only": {func(c *card, _ *burn.Job, fired, _ func()) {
			c.b[510] = 0 // such a card keeps what it boots; here it boots nothing
			c.onWrite = func(int64, []byte) error { fired(); return syscall.EROFS }
		}, syscall.EROFS, "lever"},
		"the last write does not stay": {func(c *card, _ *burn.Job, fired, _ func()) {
			c.onRead = func(from int64, b []byte) error {
				if from == 0 && c.bootable() {
					fired()
					b[100] ^= 1
				}
				return nil
			}
		}, burn.ErrDiffers, "Throw it away"},
		"the last write fails": {func(c *card, _ *burn.Job, fired, _ func()) {
			c.onWrite = func(from int64, b []byte) error {
				if from == 0 && b[510] == 0x55 {
					fired()
					copy(c.b, b[:512]) // it did arrive
					return syscall.EIO
				}
				return nil
			}
		}, syscall.EIO, "pulled out"},
		"the source ends": {func(_ *card, j *burn.Job, fired, _ func()) {
			j.Source = io.NewSectionReader(j.Source, 0, 6<<20)
			fired()
		}, burn.ErrSource, "not the card"},
	} {
		t.Run(name, func(t *testing.T) {
			c := old(20 << 20)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			fired := 0
			j := burn.Job{Card: c, Source: bytes.NewReader(source()), Size: size}
			arm.arm(c, &j, func() { fired++ }, stop)
			err := j.Run(ctx)
			if fired == 0 {
				t.Fatal("the fault never came: nothing was tested")
			}
			if !errors.Is(err, arm.err) || !strings.Contains(burn.Hint(err), arm.hint) || !strings.Contains(err.Error(), "burn: ") && name != "the check does not like it" {
				t.Errorf("%v; %s", err, burn.Hint(err))
			}
			if c.bootable() {
				t.Error("half good: the card boots")
			}
		})
	}
}

// When not even the first sector can be taken away again, the words are the strongest.
func TestHead(t *testing.T) {
	c := old(20 << 20)
	dead := false
	c.onWrite = func(from int64, b []byte) error {
		if dead {
			return syscall.EIO
		}
		if from == 0 && b[510] == 0x55 {
			dead = true
			copy(c.b, b[:512])
			return syscall.EIO
		}
		return nil
	}
	err := (&burn.Job{Card: c, Source: bytes.NewReader(source()), Size: size}).Run(t.Context())
	if !dead || !errors.Is(err, burn.ErrHead) || !strings.Contains(burn.Hint(err), "throw it away") {
		t.Error(err)
	}
}

// What cannot become a good card is refused before anything is written.
func TestNothingWritten(t *testing.T) {
	for name, tc := range map[string]struct {
		card int
		size int64
		src  []byte
		err  error
	}{
		"too small":     {size - 1, size, source(), burn.ErrSmall},
		"no image":      {20 << 20, size, make([]byte, size), burn.ErrSource},
		"odd size":      {20 << 20, size - 512, source(), burn.ErrSource},
		"a short image": {20 << 20, 2 << 20, source(), burn.ErrSource},
		"empty":         {20 << 20, size, nil, burn.ErrSource},
	} {
		c := old(tc.card)
		err := (&burn.Job{Card: c, Source: bytes.NewReader(tc.src), Size: tc.size}).Run(t.Context())
		if !errors.Is(err, tc.err) || len(c.writes) > 0 || !c.bootable() || burn.Hint(err) == "" {
			t.Errorf("%s: %v, %d writes", name, err, len(c.writes))
		}
	}
	if burn.Hint(nil) != "" {
		t.Error("a hint about nothing")
	}
	c := old(size) // exactly as large
	if err := (&burn.Job{Card: c, Source: bytes.NewReader(source()), Size: size}).Run(t.Context()); err != nil || !bytes.Equal(c.b, source()) {
		t.Error(err)
	}
}
