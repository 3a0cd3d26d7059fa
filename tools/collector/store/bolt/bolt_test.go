package bolt

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tellijn/tools/collector/store"
	"tellijn/tools/collector/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Conformance(t, func(t *testing.T) func() store.Store {
		path := filepath.Join(t.TempDir(), "store.db")
		return func() store.Store {
			s, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
	})
}

// What Update gave is on the disk and not only with the system: no kill shows the difference, only a cut of
// power, so this looks at what was asked for.
func TestSynced(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "store.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.db.NoSync || s.db.NoGrowSync || s.db.NoFreelistSync {
		t.Error("not every Update is synced")
	}
}

func TestBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, store.ErrBusy) {
		t.Error(err)
	}
	s.Close()
	if s, err = Open(path, Options{}); err != nil {
		t.Fatal(err)
	}
	s.Close()
}

// A file that has all the room it may have, or a disk that is nearly full: nothing of what came last is
// there, everything before is, and once there is room it goes on.
func TestFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(path, Options{MaxSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	stored := uint32(0)
	for ; ; stored++ {
		err = s.Update(func(w store.Writer) error {
			return w.Put("door", store.Item{ID: store.ID{Kind: 1, Number: stored}, Arrived: time.Unix(int64(stored), 0), Signed: make([]byte, 4000)})
		})
		if err != nil || stored > 1000 {
			break
		}
	}
	if !errors.Is(err, store.ErrFull) || stored < 20 {
		t.Fatalf("after %d items: %v", stored, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(path, Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := uint32(0)
	err = s.View(func(r store.Reader) error {
		return r.Boot("door", 1, store.Scope{}, func(store.Item) error { n++; return nil })
	})
	if err != nil || n != stored || s.Check() != nil {
		t.Errorf("%d items are there, %d were stored: %v, %v", n, stored, err, s.Check())
	}
	if err := s.Update(func(w store.Writer) error { _, err := w.Expire(time.Unix(5, 0), time.Time{}, 100); return err }); err != nil {
		t.Error(err)
	}
	if err := s.Room(); err != nil {
		t.Error(err)
	}
	s.reserve = 1 << 62
	if err := s.Room(); !errors.Is(err, store.ErrFull) {
		t.Errorf("a disk with less than is reserved: %v", err)
	}
}

// What is no store is refused, and stays as it is.
func TestForeignFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	if err := os.WriteFile(path, []byte("not a store"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(path, Options{}); err == nil {
		s.Close()
		t.Error("it is opened")
	}
	if b, _ := os.ReadFile(path); string(b) != "not a store" {
		t.Errorf("it is %q now", b)
	}
}

// A page that cannot be read is an error, and does not end the program.
func TestDamaged(t *testing.T) {
	if err := guard(func() error { panic("page 7 points nowhere") }); err == nil {
		t.Error("no error")
	}
}

// Keys that nobody wrote are errors.
func FuzzKeys(f *testing.F) {
	f.Add(itemKey("door", store.ID{Kind: 1, Number: 3}), []byte("12345678 signed"))
	f.Add(heldKey(&store.Envelope{To: "a", From: "b", Kind: 1, N: 2}), []byte("12345678\x04hall sealed"))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, k, v []byte) {
		if device, id, err := parseKey(k); err == nil && len(k) == len(device)+1+idSize && string(itemKey(device, id)) != string(k) {
			t.Errorf("%x is %x again", k, itemKey(device, id))
		}
		if e, err := heldOf(k, v); err == nil && string(heldKey(&e)) != string(k) {
			t.Errorf("%x is %x again", k, heldKey(&e))
		}
		if it, err := itemOf(store.ID{}, v); err == nil && len(it.Signed) == 0 {
			t.Error("an item of nothing")
		}
	})
}
