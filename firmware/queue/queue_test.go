package queue

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// open opens a queue and checks the whole file after the test.
func open(t testing.TB, path string, o Options) *Queue {
	t.Helper()
	q, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if q.file.Fd() == ^uintptr(0) { // closed by the test, which then looks at the file itself
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

// TestNothingNew does what changes nothing, over a closed file too: not a byte is written.
func TestNothingNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	content := func() []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	q := open(t, path, Options{})
	put(t, q, batch(1, 0, 5), 5)
	items := waits(t, q, 0, 1, 2, 3, 4)
	was := content()
	settle(t, q, items[:2])
	if bytes.Equal(content(), was) {
		t.Fatal("freeing changed nothing: the test does not test")
	}
	was = content()
	put(t, q, batch(1, 0, 5), 0)
	put(t, q, nil, 0)
	settle(t, q, items[:2])
	if err := q.Settle([]Done{{Number: items[1].Number, Refused: true}, {Number: 999}}); err != nil {
		t.Fatal(err)
	}
	q.Close()
	q = open(t, path, Options{})
	if !bytes.Equal(content(), was) {
		t.Error("something was written")
	}
	put(t, q, batch(1, 4, 2), 1)
	waits(t, q, 2, 3, 4, 5)
}

// TestBroken has a file that fails while it is open: that is said in the word which means a new start.
func TestBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q")
	q := open(t, path, Options{})
	put(t, q, batch(1, 0, 3), 3)
	var reader sync.WaitGroup
	reader.Go(func() { // at the same time, for the race detector
		for range 100 {
			_, _ = q.Stats()
		}
	})
	if err := q.update(func(*bbolt.Tx) error { panic("no such page") }); !errors.Is(err, ErrBroken) {
		t.Errorf("got %v, want ErrBroken", err)
	}
	reader.Wait()
	if _, err := q.Put(batch(1, 3, 1)); !errors.Is(err, ErrBroken) {
		t.Errorf("put: %v, want ErrBroken", err)
	}
	if _, err := q.Peek(1); !errors.Is(err, ErrBroken) {
		t.Errorf("peek: %v, want ErrBroken", err)
	}
	q.Close()
	q = open(t, path, Options{})
	waits(t, q, 0, 1, 2)
}

func TestSizes(t *testing.T) {
	for size, want := range map[int]int{0: DefaultSize, 1: MinSize, MinSize: MinSize, 2*MinSize - 1: MinSize, 2 * MinSize: 2 * MinSize} {
		if q := open(t, filepath.Join(t.TempDir(), "q"), Options{MaxSize: size}); q.opts.MaxSize != want {
			t.Errorf("%d: got %d, want %d", size, q.opts.MaxSize, want)
		}
	}
}
