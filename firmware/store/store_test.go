package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

const size = 512 << 10

// open opens a file and checks all of it after the test.
func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path, Options{MaxSize: size})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if f.db.Path() != "" && f.bad == nil { // else closed or broken by the test
			if err := f.Check(); err != nil {
				t.Error(err)
			}
		}
		f.Close()
	})
	return f
}

func put(f *File, name string, b []byte) error {
	return f.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists([]byte("b"))
		if err != nil {
			return err
		}
		return bucket.Put([]byte(name), b)
	})
}

func get(t testing.TB, f *File, name string) (b []byte) {
	t.Helper()
	if err := f.View(func(tx *bbolt.Tx) error {
		if bucket := tx.Bucket([]byte("b")); bucket != nil {
			b = bytes.Clone(bucket.Get([]byte(name)))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b
}

// filled is a file with a hundred entries, closed again.
func filled(t testing.TB) (path string, content []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "f")
	f := open(t, path)
	if !f.Made || f.Aside != "" {
		t.Fatalf("a new file: made %v, aside %q", f.Made, f.Aside)
	}
	for i := range 100 {
		if err := put(f, string(rune('!'+i)), bytes.Repeat([]byte{byte(i)}, 500)); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, content
}

// TestSetAside damages a file in many ways: it is kept, and a new one works. One head that was
// torn while it was written is no damage: the other is there for that.
func TestSetAside(t *testing.T) {
	_, good := filled(t)
	bend := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for what, b := range map[string][]byte{
		"text":       []byte(strings.Repeat("This is no store.\n", 1000)),
		"one byte":   {1},
		"cut":        bend(func(b []byte) []byte { return b[:len(b)/4] }),
		"cut early":  bend(func(b []byte) []byte { return b[:3*pageSize] }),
		"zeros":      make([]byte, len(good)),
		"no heads":   bend(func(b []byte) []byte { clear(b[:2*pageSize]); return b }),
		"no middle":  bend(func(b []byte) []byte { clear(b[2*pageSize:]); return b }),
		"wild pages": bend(func(b []byte) []byte { copy(b[2*pageSize:], bytes.Repeat([]byte{0x7f}, len(b)-2*pageSize)); return b }),
		"lost head":  bend(func(b []byte) []byte { clear(b[:pageSize]); return b }),
		"torn one":   bend(func(b []byte) []byte { clear(b[pageHeader+8 : 512]); return b }),
		"torn other": bend(func(b []byte) []byte { clear(b[pageSize+pageHeader+8 : pageSize+512]); return b }),
		"cut, torn": bend(func(b []byte) []byte {
			clear(b[pageHeader+8 : 512])
			return b[:4*pageSize]
		}),
	} {
		t.Run(what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			f := open(t, path)
			if strings.HasPrefix(what, "torn") {
				if f.Aside != "" || f.Made || get(t, f, "!") == nil {
					t.Fatalf("one sound head is enough, but it was set aside: %v", f.Why)
				}
				return
			}
			if f.Aside == "" || f.Why == nil || !f.Made {
				t.Fatal("not said aloud")
			}
			if kept, err := os.ReadFile(f.Aside); err != nil || !bytes.Equal(kept, b) {
				t.Fatalf("not kept as it was: %v", err)
			}
			if err := put(f, "new", []byte{1}); err != nil || get(t, f, "!") != nil {
				t.Fatalf("the new file: %v", err)
			}
		})
	}
}

// TestEndlessStart pretends that reading the file ended the program three times.
func TestEndlessStart(t *testing.T) {
	path, _ := filled(t)
	for _, dots := range []string{"..", "..."} {
		if err := os.WriteFile(path+".opening", []byte(dots), 0o600); err != nil {
			t.Fatal(err)
		}
		f := open(t, path)
		if (f.Aside != "") != (dots == "...") {
			t.Fatalf("%s: set aside %q", dots, f.Aside)
		}
		if _, err := os.Stat(path + ".opening"); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("%s: the note stayed: %v", dots, err)
		}
		f.Close()
	}
}

// TestFits has a caller that wants another layout, or whose look at the file panics: it is set aside, and
// the new one is not looked at.
func TestFits(t *testing.T) {
	for what, fits := range map[string]func(*bbolt.Tx) error{
		"fits":   func(tx *bbolt.Tx) error { return nil },
		"not":    func(tx *bbolt.Tx) error { return errors.New("another layout") },
		"panics": func(tx *bbolt.Tx) error { return tx.Bucket([]byte("none")).Put(nil, nil) },
	} {
		path, content := filled(t)
		looked := 0
		f, err := Open(path, Options{MaxSize: size, Fits: func(tx *bbolt.Tx) error { looked++; return fits(tx) }})
		if err != nil {
			t.Fatal(what, err)
		}
		if looked != 1 || (f.Aside == "") != (what == "fits") || f.Made == (what == "fits") {
			t.Errorf("%s: looked %d times, set aside %q (%v), made %v", what, looked, f.Aside, f.Why, f.Made)
		}
		if kept, _ := os.ReadFile(f.Aside); what != "fits" && !bytes.Equal(kept, content) {
			t.Errorf("%s: not kept as it was", what)
		}
		if err := put(f, "new", nil); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		f.Close()
	}
}

func TestRefuses(t *testing.T) {
	path, _ := filled(t)
	for _, size := range []int{0, 1 << 15, 100_000} {
		if _, err := Open(path, Options{MaxSize: size}); err == nil {
			t.Errorf("size %d was taken", size)
		}
	}
	link := path + "-link"
	if err := os.Symlink(path, link); err == nil {
		if _, err := Open(link, Options{MaxSize: size}); err == nil {
			t.Error("a link was followed")
		}
	}
	if _, err := Open(filepath.Dir(path), Options{MaxSize: size}); err == nil {
		t.Error("a directory was opened")
	}
	if _, err := Open(filepath.Join(path+"-no", "f"), Options{MaxSize: size}); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("without a directory: %v", err)
	}
	open(t, path)
	if _, err := Open(path, Options{MaxSize: size, Wait: time.Millisecond}); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
}

// TestBroken: a page that makes no sense, and a disk that fails, end the use of a file and not the
// program.
func TestBroken(t *testing.T) {
	for what, breaks := range map[string]func(f *File) error{
		"panic":       func(f *File) error { return f.Update(func(*bbolt.Tx) error { panic("no such page") }) },
		"panic, view": func(f *File) error { return f.View(func(*bbolt.Tx) error { panic("no such page") }) },
		"no disk": func(f *File) error {
			f.file.Close()
			return put(f, "!", []byte("other"))
		},
	} {
		path, _ := filled(t)
		f := open(t, path)
		if err := breaks(f); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v, want ErrBroken", what, err)
		}
		for range 2 {
			if err := put(f, "!", nil); !errors.Is(err, ErrBroken) {
				t.Errorf("%s: and then %v, want ErrBroken", what, err)
			}
		}
		if err := f.View(func(*bbolt.Tx) error { return nil }); !errors.Is(err, ErrBroken) {
			t.Errorf("%s: and then %v, want ErrBroken", what, err)
		}
		f.Close()
		if f = open(t, path); f.Aside != "" || !bytes.Equal(get(t, f, "!"), make([]byte, 500)) {
			t.Errorf("%s: after it: set aside %q", what, f.Aside)
		}
	}
}

// TestNoRoom: the file stays in its bound, and an error of the caller's own is given as it is.
func TestNoRoom(t *testing.T) {
	path, _ := filled(t)
	f := open(t, path)
	var err error
	n := 0
	for ; err == nil && n < 1000; n++ {
		err = put(f, "x"+string(rune('!'+n)), make([]byte, 4000))
	}
	if !errors.Is(err, ErrNoRoom) || errors.Is(err, ErrBroken) {
		t.Fatalf("after %d: %v, want ErrNoRoom", n, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > size {
		t.Fatalf("%d bytes, %v", info.Size(), err)
	}
	mine := errors.New("mine")
	if err := f.Update(func(*bbolt.Tx) error { return mine }); err != mine {
		t.Errorf("got %v, want the caller's own", err)
	}
	if err := put(f, "!", []byte("still")); err != nil || string(get(t, f, "!")) != "still" {
		t.Errorf("a small one: %v", err)
	}
	if int(f.Fd()) < 3 {
		t.Errorf("descriptor %d", f.Fd())
	}
}
