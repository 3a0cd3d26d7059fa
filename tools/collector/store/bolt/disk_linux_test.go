package bolt

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"tellijn/tools/collector/store"
)

// A disk that is full in the middle of a transaction: it gives store.ErrFull, nothing of it is there, all
// before is, and after something else was deleted it goes on.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no small disk to fill: mounting needs root: %v", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	s, err := Open(filepath.Join(dir, "store.db"), Options{Reserve: 1})
	if err != nil {
		t.Fatal(err)
	}
	put := func(n uint32) error {
		return s.Update(func(w store.Writer) error {
			return w.Put("door", store.Item{ID: store.ID{Kind: 1, Number: n}, Arrived: time.Unix(int64(n), 0), Signed: make([]byte, 3000)})
		})
	}
	stored := uint32(0)
	for ; stored < 1000; stored++ {
		if err = put(stored); err != nil {
			break
		}
	}
	if !errors.Is(err, store.ErrFull) || stored < 20 {
		t.Fatalf("after %d items: %v", stored, err)
	}
	count := func() (n uint32) {
		err := s.View(func(r store.Reader) error {
			return r.Boot("door", 1, store.Scope{}, func(store.Item) error { n++; return nil })
		})
		if err != nil {
			t.Error(err)
		}
		return n
	}
	if n := count(); n != stored {
		t.Errorf("%d items are there, %d were stored", n, stored)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=4m"); err != nil {
		t.Fatal(err)
	}
	if err := put(stored); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	if n := count(); n != stored+1 || s.Check() != nil {
		t.Errorf("%d items, %v", n, s.Check())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
