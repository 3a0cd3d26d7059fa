package data

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tellijn/boards/card"
)

// cutter is a device whose power goes after so many writes and orders to store: of what was written since the last
// of these, some sectors are on the disk and some are not.
type cutter struct {
	*os.File
	left    int
	pending []piece
	random  *rand.Rand
}

type piece struct {
	at   int64
	data []byte
}

var errCut = errors.New("the power is gone")

func (c *cutter) WriteAt(b []byte, at int64) (int, error) {
	if c.step() {
		return 0, errCut
	}
	c.pending = append(c.pending, piece{at, bytes.Clone(b)})
	return len(b), nil
}

func (c *cutter) ReadAt(b []byte, at int64) (int, error) {
	n, err := c.File.ReadAt(b, at)
	for _, p := range c.pending { // as the kernel's cache has it
		if lo, hi := max(p.at, at), min(p.at+int64(len(p.data)), at+int64(n)); lo < hi {
			copy(b[lo-at:hi-at], p.data[lo-p.at:])
		}
	}
	return n, err
}

func (c *cutter) Sync() error {
	if c.step() {
		return errCut
	}
	for _, p := range c.pending {
		if _, err := c.File.WriteAt(p.data, p.at); err != nil {
			return err
		}
	}
	c.pending = nil
	return nil
}

func (c *cutter) step() bool {
	c.left--
	if c.left == -1 {
		for _, p := range c.pending {
			for i := 0; i < len(p.data); i += card.Sector {
				if c.random.IntN(2) == 0 {
					_, _ = c.File.WriteAt(p.data[i:i+card.Sector], p.at+int64(i))
				}
			}
		}
	}
	return c.left < 0
}

// TestCut loses the power at each step of a repair: the next start always ends with all files.
func TestCut(t *testing.T) {
	if testing.Short() {
		t.Skip("repairs a card many times; not with -short")
	}
	if raceDetector {
		t.Skip("packs and unpacks file systems for minutes, on one goroutine; run without -race")
	}
	b := lay(t)
	must(t, b.mounted(func() { must(t, os.Mkdir(filepath.Join(b.p.Dir, "third"), 0o700)) }))
	b.spoil("/third")
	damaged := b.read(0, card.DataSize) // with a super block that could still be mounted
	again := func(t *testing.T, left int) (*bench, error) {
		t.Helper()
		b := *b
		b.t, b.medium = t, filepath.Join(t.TempDir(), "medium")
		f, err := os.Create(b.medium)
		must(t, err)
		defer f.Close()
		must(t, sparse(f, bytes.NewReader(damaged), 0))
		must(t, f.Truncate(card.Data().Size))
		pristine, err := os.Open(b.pristine)
		must(t, err)
		defer pristine.Close()
		c := &cutter{File: f, left: left, random: rand.New(rand.NewPCG(1, uint64(left)))}
		if _, err = setAside(c, NoRead, b.p.Now); err == nil {
			err = renew(c, pristine)
		}
		b.steps = left - c.left
		return &b, err
	}
	whole, err := again(t, 1000)
	if err != nil || whole.steps < 12 || whole.steps > 40 {
		t.Fatalf("%d steps: %v", whole.steps, err)
	}
	for n := range whole.steps {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			b, err := again(t, n)
			if !errors.Is(err, errCut) {
				t.Fatalf("the power did not go: %v", err)
			}
			_, before := ReadHead(bytes.NewReader(b.read(0, card.Data().Size)))
			b.attach(false)
			b.open(Found{Why: NoRead, Carried: 2, Lost: 1}, b.whole)
			h, ok := ReadHead(bytes.NewReader(b.read(0, card.Data().Size)))
			// Looking at the damage marks it, so only what was set aside before that is the same.
			if !ok || !h.Carried || before && !bytes.Equal(b.read(CopyAt, card.DataSize), damaged) {
				t.Errorf("set aside: %v, %+v", ok, h)
			}
			b.open(Found{}, b.whole)
			b.run(tool(t, "e2fsck"), "-f", "-n", b.medium)
		})
	}
	t.Logf("cut at each of %d steps", whole.steps)
}

// TestTwice damages a second file system: what is set aside stays, and the files are taken over all the same.
func TestTwice(t *testing.T) {
	b := lay(t)
	b.write(0, make([]byte, grain))
	b.open(Found{Why: NoSuper, Carried: 2}, nil)
	first, _ := ReadHead(bytes.NewReader(b.read(0, card.Data().Size)))
	copied := b.read(CopyAt, card.DataSize)
	must(t, b.mounted(func() {
		must(t, os.Remove(filepath.Join(b.p.Dir, Note)))
		must(t, os.WriteFile(filepath.Join(b.p.Dir, "tellijn/third"), []byte("of the second"), 0o600))
	}))
	b.write(0, make([]byte, grain))
	b.open(Found{Why: NoSuper, Carried: 3}, func() {
		b.whole()
		if !b.holds("tellijn/third", []byte("of the second")) || b.noted() != NoSuper {
			t.Error("not the files of the second, or no note")
		}
	})
	if h, _ := ReadHead(bytes.NewReader(b.read(0, card.Data().Size))); h != first || !bytes.Equal(b.read(CopyAt, card.DataSize), copied) {
		t.Errorf("what was set aside first is gone: %+v", h)
	}
}

// TestReadOnly opens a card that takes no writes.
func TestReadOnly(t *testing.T) {
	b := lay(t)
	b.attach(true)
	b.open(Found{ReadOnly: true}, func() {
		b.whole()
		if err := os.WriteFile(filepath.Join(b.p.Dir, "x"), nil, 0o600); !errors.Is(err, unix.EROFS) {
			t.Errorf("writing: %v: the test does not test", err)
		}
	})
}

// TestTurns has the file system turn read-only in use, as after an error: it can be opened anew, and then writes.
func TestTurns(t *testing.T) {
	b := lay(t)
	found, err := b.p.Open()
	if err != nil || found != (Found{}) {
		t.Fatal(found, err)
	}
	// What the kernel does to itself when it meets an error. (Linux, Documentation/admin-guide/ext4.rst, "abort")
	must(t, unix.Mount("", b.p.Dir, "", unix.MS_REMOUNT|flags, "abort"))
	if err := os.WriteFile(filepath.Join(b.p.Dir, "x"), nil, 0o600); !errors.Is(err, unix.EROFS) {
		t.Fatalf("writing: %v: the test does not test", err)
	}
	must(t, unix.Unmount(b.p.Dir, 0))
	b.open(Found{Why: Marked, Carried: 2}, func() {
		b.whole()
		must(t, os.WriteFile(filepath.Join(b.p.Dir, "x"), nil, 0o600))
	})
}

// TestHeld damages a file system that somebody else has mounted: it is not written under them.
func TestHeld(t *testing.T) {
	b := lay(t)
	b.write(0, make([]byte, grain)) // after which it could not be mounted
	b.attach(false)
	other := t.TempDir()
	must(t, lend(b.device(), b.pristine, 1))
	must(t, unix.Mount(b.p.Device, other, "ext4", 0, ""))
	b.write(0, make([]byte, grain))
	if _, err := b.p.Open(); !errors.Is(err, unix.EBUSY) {
		t.Errorf("%v", err)
	}
	if _, ok := ReadHead(b.device()); ok || len(b.said) == 0 || !strings.Contains(b.said[0], "is damaged") {
		t.Errorf("it was written under them: %q", b.said)
	}
	must(t, unix.Unmount(other, 0))
}

// TestNoPristine has nothing to write: that is an error, and the damaged one is set aside and untouched.
func TestNoPristine(t *testing.T) {
	b := lay(t)
	b.write(0, make([]byte, grain))
	damaged := b.read(0, card.DataSize)
	b.p.Pristine = filepath.Join(t.TempDir(), "none")
	if _, err := b.p.Open(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if !bytes.Equal(b.read(0, card.DataSize), damaged) {
		t.Error("it was changed")
	}
	b.p.Pristine = b.pristine
	b.open(Found{Why: NoSuper, Carried: 2}, b.whole)
}
