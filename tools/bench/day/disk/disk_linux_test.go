package disk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tellijn/hal"
)

func make1(t *testing.T, options string) *Disk {
	t.Helper()
	d, err := Make(t.TempDir(), options)
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(d.image); err == nil {
			t.Error("the image is still there")
		}
	})
	return d
}

// cost is what the device is written while do runs.
func cost(t *testing.T, d *Disk, do func()) int64 {
	t.Helper()
	var n [2]int64
	for i := range n {
		if err := d.Flush(); err != nil {
			t.Fatal(err)
		}
		var err error
		if n[i], err = d.Written(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			do()
		}
	}
	return n[1] - n[0]
}

// TestWritten writes a file, and then writes over a part of it again and again.
func TestWritten(t *testing.T) {
	d := make1(t, Usual)
	var f *os.File
	if n := cost(t, d, func() {
		var err error
		if f, err = os.Create(filepath.Join(d.Path, "file")); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}); n < 1<<20 || n > 1<<20+256<<10 {
		t.Errorf("a file of 1 MiB wrote %d bytes", n)
	}
	defer f.Close()
	over := func(flush bool) func() {
		return func() {
			for i := range 10 {
				time.Sleep(15 * time.Millisecond)
				if _, err := f.WriteAt([]byte{byte(i)}, 0); err != nil {
					t.Fatal(err)
				}
				if err := f.Sync(); err != nil {
					t.Fatal(err)
				}
				if flush {
					if err := d.Flush(); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	// One block, and of the file's time: three blocks in the journal and one in its place.
	if n := cost(t, d, over(true)) / 10; n < 4*block || n > 6*block {
		t.Errorf("one byte written over, all alone, wrote %d bytes", n)
	}
	if n := cost(t, d, func() {}); n > block {
		t.Errorf("nothing wrote %d bytes", n)
	}
}

// TestHurry has the same written without being asked.
func TestHurry(t *testing.T) {
	d := make1(t, Usual+",commit=900")
	d.Hurry(5 * time.Millisecond)
	before, err := d.Written()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Path, "file"), make([]byte, block), 0o600); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		n, err := d.Written()
		if err != nil {
			t.Fatal(err)
		}
		if n >= before+block {
			return
		}
		if time.Now().After(end) {
			t.Fatal("nothing was written")
		}
	}
}

func TestRefused(t *testing.T) {
	d, err := Make(t.TempDir(), "data=nonsense")
	if err == nil {
		d.Close()
		t.Error("mounted with options that are none")
	}
}
