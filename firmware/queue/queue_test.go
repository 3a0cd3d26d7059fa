package queue

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// open opens a queue and checks the whole file after the test.
func open(t testing.TB, path string, o Options) *Queue {
	t.Helper()
	q, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if q.db.Path() == "" { // closed by the test, which then looks at the file itself
			return
		}
		if err := q.Check(); err != nil {
			t.Error(err)
		}
		q.Close()
	})
	return q
}

// batch makes n items of one boot from sequence first on.
func batch(boot byte, first uint32, n int) []Item {
	items := make([]Item, n)
	for i := range items {
		items[i] = Item{Kind: Record, Boot: [16]byte{boot}, Sequence: first + uint32(i),
			Bytes: bytes.Repeat([]byte{boot, byte(first) + byte(i)}, 100)}
	}
	return items
}

func put(t testing.TB, q *Queue, items []Item, want int) {
	t.Helper()
	if n, err := q.Put(items); err != nil || n != want {
		t.Fatalf("put %d, %v, want %d", n, err, want)
	}
}

// waits checks which sequences wait, oldest first.
func waits(t testing.TB, q *Queue, want ...uint32) []Item {
	t.Helper()
	items, err := q.Peek(1000)
	if err != nil {
		t.Fatal(err)
	}
	var got []uint32
	for i, it := range items {
		got = append(got, it.Sequence)
		if i > 0 && it.Number <= items[i-1].Number {
			t.Fatalf("number %d after %d", it.Number, items[i-1].Number)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("waiting %v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("waiting %v, want %v", got, want)
		}
	}
	return items
}

// settle says that somebody has these items.
func settle(t testing.TB, q *Queue, items []Item) {
	t.Helper()
	var done []Done
	for _, it := range items {
		done = append(done, Done{Number: it.Number})
	}
	if err := q.Settle(done); err != nil {
		t.Fatal(err)
	}
}

func TestPutPeekSettle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := open(t, path, Options{})
	put(t, q, batch(1, 0, 5), 5)
	items := waits(t, q, 0, 1, 2, 3, 4)
	if want := batch(1, 2, 1)[0].Bytes; !bytes.Equal(items[2].Bytes, want) {
		t.Fatalf("bytes % x, want % x", items[2].Bytes, want)
	}
	settle(t, q, items[:2])
	waits(t, q, 2, 3, 4)
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	q = open(t, path, Options{})
	waits(t, q, 2, 3, 4)
	s, err := q.Stats()
	if err != nil || s.Put != 5 || s.Acked != 2 || s.Waiting != 3 || s.Dropped != 0 {
		t.Fatalf("stats %+v, %v", s, err)
	}
	it, ok, err := q.Newest()
	if err != nil || !ok || it.Sequence != 4 {
		t.Fatalf("newest %d, %v, %v", it.Sequence, ok, err)
	}
}

func TestSendingAgainDoesNoHarm(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "q"), Options{})
	put(t, q, batch(1, 0, 3), 3)
	put(t, q, batch(1, 0, 3), 0)
	put(t, q, batch(1, 2, 2), 1)
	items := waits(t, q, 0, 1, 2, 3)
	settle(t, q, items)
	put(t, q, batch(1, 0, 4), 0) // also after they were taken
	waits(t, q)
	put(t, q, batch(2, 0, 2), 2) // another boot begins from 0
	waits(t, q, 0, 1)
}

func TestManyBoots(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "q"), Options{})
	for b := range byte(60) {
		put(t, q, batch(b+1, 0, 2), 2)
		put(t, q, batch(b+1, 0, 2), 0)
	}
}

func TestFullDropsTheOldest(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "q"), Options{MaxRecords: 4})
	put(t, q, batch(1, 0, 3), 3)
	put(t, q, batch(1, 3, 3), 3)
	waits(t, q, 2, 3, 4, 5)
	if s, _ := q.Stats(); s.Dropped != 2 || s.Put != 6 {
		t.Fatalf("stats %+v", s)
	}
}

func TestFileStaysInItsBound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := open(t, path, Options{MaxSize: MinSize})
	const rounds = 150
	for i := range uint32(rounds) {
		put(t, q, batch(1, 10*i, 10), 10)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > MinSize {
		t.Fatalf("%d bytes, %v, want at most %d", info.Size(), err, MinSize)
	}
	s, err := q.Stats()
	if err != nil || s.Dropped == 0 || s.Dropped+s.Waiting != s.Put || s.Put != 10*rounds {
		t.Fatalf("stats %+v, %v", s, err)
	}
	if it, _, _ := q.Newest(); it.Sequence != 10*rounds-1 {
		t.Fatalf("newest %d", it.Sequence)
	}
	t.Logf("%d of %d records kept in %d bytes", s.Waiting, s.Put, info.Size())
}

func TestRefusesItems(t *testing.T) {
	q := open(t, filepath.Join(t.TempDir(), "q"), Options{})
	items := batch(1, 0, 2)
	items[1].Bytes = make([]byte, MaxItem+1)
	if _, err := q.Put(items); !errors.Is(err, ErrInvalid) {
		t.Fatalf("got %v, want ErrInvalid", err)
	}
	for _, k := range []Kind{0, Envelope + 1} {
		items := batch(1, 0, 2)
		items[1].Kind = k
		if _, err := q.Put(items); !errors.Is(err, ErrInvalid) {
			t.Fatalf("kind %d: got %v, want ErrInvalid", k, err)
		}
	}
	waits(t, q)
}

func TestBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := open(t, path, Options{})
	put(t, q, batch(1, 0, 1), 1)
	if _, err := Open(path, Options{Wait: 50 * time.Millisecond}); !errors.Is(err, ErrBusy) {
		t.Fatalf("got %v, want ErrBusy", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "no", "q"), Options{}); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Fatalf("without a directory: %v", err)
	}
}

// TestSetAside damages a file in many ways: it is kept, and a new queue works.
func TestSetAside(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "q")
	q, err := Open(whole, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint32(20) {
		put(t, q, batch(1, 50*i, 50), 50)
	}
	q.Close()
	good, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	bend := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for what, b := range map[string][]byte{
		"text":       []byte(strings.Repeat("This is no queue.\n", 1000)),
		"one byte":   {1},
		"cut":        bend(func(b []byte) []byte { return b[:len(b)/2] }),
		"cut early":  bend(func(b []byte) []byte { return b[:3*page] }),
		"zeros":      make([]byte, len(good)),
		"no heads":   bend(func(b []byte) []byte { clear(b[:2*page]); return b }),
		"no middle":  bend(func(b []byte) []byte { clear(b[2*page:]); return b }),
		"wild pages": bend(func(b []byte) []byte { copy(b[2*page:], bytes.Repeat([]byte{0x7f}, len(b)-2*page)); return b }),
	} {
		t.Run(what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "q")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			q := open(t, path, Options{})
			if q.Aside == "" || q.Why == nil {
				t.Fatal("not said aloud")
			}
			if kept, err := os.ReadFile(q.Aside); err != nil || !bytes.Equal(kept[2*min(page, len(b)/2):], b[2*min(page, len(b)/2):]) {
				t.Fatalf("not kept as it was: %v", err)
			}
			put(t, q, batch(2, 0, 3), 3)
			waits(t, q, 0, 1, 2)
		})
	}
}

// TestEndlessStart pretends that reading the file ended the program three times.
func TestEndlessStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := open(t, path, Options{})
	q.Close()
	if err := os.WriteFile(path+".opening", []byte("..."), 0o600); err != nil {
		t.Fatal(err)
	}
	q = open(t, path, Options{})
	if q.Aside == "" {
		t.Fatal("a file that ends every start was not set aside")
	}
	if _, err := os.Stat(path + ".opening"); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("the note stayed: %v", err)
	}
}
