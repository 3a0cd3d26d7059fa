package crash

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// whole is the file of a ledger with more than one level.
func whole(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: pageSize})
	if err != nil {
		t.Fatal(err)
	}
	for n := range byte(40) {
		err := db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("main"))
			if err != nil {
				return err
			}
			if _, err := b.CreateBucketIfNotExists([]byte{n}); err != nil {
				return err
			}
			return errors.Join(b.Put([]byte{'k', n}, make([]byte, 900)), b.Put([]byte("long"), make([]byte, 9000)))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPages damages each page in use in turn; what is said to make sense is then opened and checked, which would end this
// program if it did not.
func TestPages(t *testing.T) {
	good := whole(t)
	path := filepath.Join(t.TempDir(), "db")
	try := func(b []byte) error {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return pages(path)
	}
	if err := try(good); err != nil {
		t.Fatal(err)
	}
	if err := pages(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Error(err)
	}
	r, refused := rand.New(rand.NewPCG(1, 2)), 0
	for n := 2; n < len(good)/pageSize; n++ {
		for how := range 4 {
			b := bytes.Clone(good)
			p := b[n*pageSize : (n+1)*pageSize]
			switch how {
			case 0:
				clear(p)
			case 1:
				copy(p, good[(n-1)*pageSize:])
			case 2:
				for i := range 64 {
					p[i] = byte(r.IntN(256))
				}
			case 3:
				clear(p[:512])
			}
			err := try(b)
			if err != nil {
				refused++
				if !errors.Is(err, errPages) {
					t.Errorf("page %d: %v", n, err)
				}
				continue
			}
			db, err := bbolt.Open(path, 0o600, nil)
			if err != nil {
				continue
			}
			err = db.View(func(tx *bbolt.Tx) error {
				var first error
				for err := range tx.Check() {
					first = errors.Join(first, err)
				}
				return first
			})
			if err := errors.Join(err, db.Close()); err != nil {
				t.Errorf("page %d, damaged in way %d, makes sense, and bbolt says %v", n, how, err)
			}
		}
	}
	if refused < 40 {
		t.Errorf("%d damages were seen", refused)
	}
	for _, b := range [][]byte{nil, good[:pageSize], good[:5*pageSize], make([]byte, 4*pageSize)} {
		if err := try(b); !errors.Is(err, errPages) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
}

func FuzzPages(f *testing.F) {
	good := whole(f)
	f.Add(uint16(0), []byte{})
	f.Add(uint16(2*pageSize+8), []byte{isBranch, 0, 255})
	f.Add(uint16(3*pageSize), bytes.Repeat([]byte{255}, 100))
	path := filepath.Join(f.TempDir(), "db")
	f.Fuzz(func(t *testing.T, at uint16, with []byte) {
		b := bytes.Clone(good)
		copy(b[min(int(at), len(b)):], with)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := pages(path); err != nil && !errors.Is(err, errPages) {
			t.Fatal(err)
		}
	})
}
