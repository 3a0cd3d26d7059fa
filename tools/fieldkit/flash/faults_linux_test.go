package flash

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tellijn/boards/card"
	"tellijn/tools/fieldkit/medium/mediumtest"
)

// faulty breaks while it is used.
type faulty struct {
	target
	onWrite, onRead func(off int64) error
}

func (f *faulty) WriteAt(b []byte, off int64) (int, error) {
	if f.onWrite != nil {
		if err := f.onWrite(off); err != nil {
			return 0, err
		}
	}
	return f.target.WriteAt(b, off)
}

func (f *faulty) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.target.ReadAt(b, off)
	if err == nil && f.onRead != nil {
		if err = f.onRead(off); err != nil {
			b[n/2] ^= 1
			return n, nil // it lies
		}
	}
	return n, err
}

// One card of two fails in each way that cards fail. The other is good, the failed one does not boot and is on
// no list, and what to do is said.
func TestOneFails(t *testing.T) {
	for what, c := range map[string]struct {
		arm  func(l *mediumtest.Loop, f *faulty, fired func(), stop func())
		says string
	}{
		"pulled out midway": {func(l *mediumtest.Loop, f *faulty, fired, _ func()) {
			f.onWrite = func(off int64) error {
				if off >= 20<<20 && off < 24<<20 {
					fired()
					return l.Pull(4096) // from now on the kernel answers
				}
				return nil
			}
		}, "pulled out"},
		"pulled out while reading back": {func(l *mediumtest.Loop, f *faulty, fired, _ func()) {
			f.onRead = func(off int64) error {
				if off == 20<<20 {
					fired()
					return l.Pull(4096)
				}
				return nil
			}
		}, "NOT GOOD"},
		"it lies": {func(_ *mediumtest.Loop, f *faulty, fired, _ func()) {
			f.onRead = func(off int64) error {
				if off == 40<<20 {
					fired()
					return errors.New("a bit is another")
				}
				return nil
			}
		}, "Throw it away"},
		"it changes once it was compared": {func(_ *mediumtest.Loop, f *faulty, fired, _ func()) {
			compared := false
			f.onRead = func(off int64) error {
				if compared && off > card.Start().Start+4096 && off < card.Start().Start+card.Start().Size {
					fired()
					return errors.New("a bit is another")
				}
				compared = compared || off == 64<<20
				return nil
			}
		}, "NOT GOOD"},
		"writing fails": {func(_ *mediumtest.Loop, f *faulty, fired, _ func()) {
			f.onWrite = func(off int64) error {
				if off == 40<<20 {
					fired()
					return syscall.EIO
				}
				return nil
			}
		}, "reader is broken"},
	} {
		t.Run(what, func(t *testing.T) {
			b := newBench(t, "")
			l1, file1 := b.drive("one", 80<<20)
			l2, file2 := b.drive("two", 80<<20)
			fired := 0
			open := b.open
			b.open = func(path string) (target, error) {
				m, err := open(path)
				if err != nil || path != l1.Path {
					return m, err
				}
				f := &faulty{target: m}
				c.arm(l1, f, func() { fired++ }, nil)
				return f, nil
			}
			err := b.run(t.Context(), []string{"-image", b.image, "-config", b.config("north-door"), "-config", b.config("south-door"), "-fixed", "-ca", b.path("ca.pem"),
				"-csv", b.path("devices.csv"), "-yes", filepath.Base(l1.Path), "-yes", filepath.Base(l2.Path), l1.Path, l2.Path})
			if fired == 0 {
				t.Fatal("the fault never came", err)
			}
			said := b.errOut.String()
			if !errors.Is(err, errFailed) || !strings.Contains(said, c.says) || !strings.Contains(said, "does not boot") || strings.Contains(said, "can be taken out") {
				t.Errorf("%v: %s", err, said)
			}
			if boots(t, file1) || !boots(t, file2) {
				t.Error("the failed card boots, or the good one does not")
			}
			text, _ := os.ReadFile(b.path("devices.csv"))
			if strings.Contains(string(text), "north-door") || !strings.Contains(string(text), "south-door") {
				t.Errorf("%s", text)
			}
			secrets(t, file2)
		})
	}
}

// Ctrl-C in the middle leaves no card that boots.
func TestStopped(t *testing.T) {
	b := newBench(t, "")
	l, file := b.drive("one", 80<<20)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	fired := false
	open := b.open
	b.open = func(path string) (target, error) {
		m, err := open(path)
		return &faulty{target: m, onWrite: func(off int64) error {
			if off == 20<<20 {
				fired = true
				stop()
			}
			return nil
		}}, err
	}
	err := b.run(ctx, []string{"-image", b.image, "-config", b.config("north-door"), "-fixed", "-ca", b.path("ca.pem"), "-yes", filepath.Base(l.Path), l.Path})
	if !fired || !errors.Is(err, errFailed) || !strings.Contains(b.errOut.String(), "You stopped it") || boots(t, file) {
		t.Error(fired, err, b.errOut.String())
	}
}

// The disk below a card is full: real errors of the kernel, none of ours.
func TestFullBelow(t *testing.T) {
	b := newBench(t, "")
	dir := b.path("small")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skip("mounting a small file system needs root: ", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	file := filepath.Join(dir, "card")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	err = f.Truncate(80 << 20)
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	l := mediumtest.Attach(t, file)
	defer l.Detach()
	err = b.run(t.Context(), []string{"-image", b.image, "-config", b.config("north-door"), "-fixed", "-ca", b.path("ca.pem"), "-yes", filepath.Base(l.Path), l.Path})
	if !errors.Is(err, errFailed) || !strings.Contains(b.errOut.String(), "pulled out") || boots(t, file) {
		t.Error(err, b.errOut.String())
	}
	t.Log(b.errOut.String())
}
