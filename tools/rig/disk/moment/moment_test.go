package moment

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"tellijn/firmware/queue"
	"tellijn/firmware/warden/ledger"
)

// tape plays what became of a file since the last time to a watch, as a kernel writes it: pages, flush, head, flush.
type tape struct {
	t    *testing.T
	w    *Watch
	path string
	was  []byte
}

func (p *tape) play() (moments []string) {
	p.t.Helper()
	now, err := os.ReadFile(p.path)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, heads := range []bool{false, true} {
		for at := 0; at+pageSize <= len(now); at += pageSize {
			if (at < 2*pageSize) == heads && (at >= len(p.was) || !bytes.Equal(now[at:at+pageSize], p.was[at:at+pageSize])) {
				moments = append(moments, p.w.Write(int64(at), now[at:at+pageSize])...)
			}
		}
		moments = append(moments, p.w.Flush()...)
	}
	p.was = p.free(now)
	return moments
}

// free overwrites the pages that are not in use, since one that is written again as it was would not be seen here.
func (p *tape) free(now []byte) []byte {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), "copy")
	if err := os.WriteFile(path, now, 0o600); err != nil {
		p.t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	f, err := os.OpenFile(p.path, os.O_WRONLY, 0)
	if err != nil {
		p.t.Fatal(err)
	}
	defer f.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		for at := 0; at+pageSize <= len(now); at += pageSize {
			if info, err := tx.Page(at / pageSize); err != nil || info != nil && info.Type != "free" {
				continue
			}
			clear(now[at : at+pageSize])
			if _, err := f.WriteAt(now[at:at+pageSize], int64(at)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return now
}

func three(kinds ...string) (all []string) {
	for _, suffix := range []string{Begins, Half, Done} {
		for _, k := range kinds {
			all = append(all, k+suffix)
		}
	}
	return all
}

// TestLedger makes what a warden makes, in the warden's own file.
func TestLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, err := ledger.Open(path, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var w Watch
	p := &tape{t: t, w: &w, path: path}
	open := func(n byte) []byte { return append([]byte{1, 1}, bytes.Repeat([]byte{n}, 72)...) }
	item := func(kind uint8, n uint32) ledger.Item {
		return ledger.Item{Kind: kind, Boot: [16]byte{1}, Sequence: n, Bytes: bytes.Repeat([]byte{byte(n)}, 300)}
	}
	number := uint32(0)
	for i, tc := range []struct {
		name string
		do   func(tx *ledger.Tx)
		want []string
	}{
		{"first", func(tx *ledger.Tx) { tx.Put("open", open(1)); tx.Put("release", make([]byte, 900)) }, nil},
		{"checkpoint", func(tx *ledger.Tx) { tx.Put("open", open(2)) }, three(Checkpoint)},
		{"log", func(tx *ledger.Tx) {
			number++
			tx.Log(number, []byte("entry"))
			tx.Add(item(2, number))
		}, nil}, // it is not known how many there were
		{"second log", func(tx *ledger.Tx) {
			number++
			tx.Log(number, []byte("entry"))
			tx.Add(item(2, number))
		}, three(Log)},
		{"record", func(tx *ledger.Tx) { tx.Add(item(1, 0)); tx.Put("open", open(3)) }, three(Record)},
		{"record that frees", func(tx *ledger.Tx) { tx.Free(3); tx.Add(item(1, 1)); tx.Put("open", open(4)) }, three(Record, Freeing)},
		{"checkpoint that frees", func(tx *ledger.Tx) { tx.Free(4); tx.Put("open", open(5)) }, three(Freeing, Checkpoint)},
		{"one frees one", func(tx *ledger.Tx) { tx.Add(item(1, 50)); tx.Put("open", open(6)) }, three(Record)},
		{"and the other way", func(tx *ledger.Tx) { tx.Free(5); tx.Add(item(1, 51)); tx.Put("open", open(7)) }, three(Record, Freeing)},
		{"many", func(tx *ledger.Tx) {
			for n := range uint32(20) {
				tx.Add(item(1, 60+n))
			}
		}, three(Record)},
		{"checkpoint beside many", func(tx *ledger.Tx) { tx.Put("open", open(8)) }, three(Checkpoint)},
	} {
		if err := l.Update(func(tx *ledger.Tx) error { tc.do(tx); return nil }); err != nil {
			t.Fatal(err)
		}
		if got := p.play(); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%d, %s: %q, want %q", i, tc.name, got, tc.want)
		}
	}
	if n := w.Seen(); n[Record+Done] != 5 || n[Checkpoint+Half] != 3 || n[Queued+Done] != 0 {
		t.Errorf("%v", n)
	}
}

// TestQueue puts and frees in the courier's own file.
func TestQueue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queue.db")
	q, err := queue.Open(path, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	var w Watch
	p := &tape{t: t, w: &w, path: path}
	put := func(kind queue.Kind, n uint32) func() error {
		return func() error {
			_, err := q.Put([]queue.Item{{Kind: kind, Boot: [16]byte{1}, Sequence: n, Bytes: make([]byte, 300)}})
			return err
		}
	}
	for i, tc := range []struct {
		do   func() error
		want []string
	}{
		{put(queue.Log, 1), nil},
		{put(queue.Record, 1), three(Queued)},
		{put(queue.Log, 2), nil},
		{put(queue.Record, 2), three(Queued)},
		{func() error { return q.Settle([]queue.Done{{Number: 1}, {Number: 2}}) }, three(Settled)},
		{put(queue.Record, 3), three(Queued)},
	} {
		if err := tc.do(); err != nil {
			t.Fatal(err)
		}
		if got := p.play(); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%d: %q, want %q", i, got, tc.want)
		}
	}
}

// TestOther has writes of something else, and a head that belongs to another tree: they end no commit.
func TestOther(t *testing.T) {
	var w Watch
	for _, b := range [][]byte{make([]byte, pageSize), bytes.Repeat([]byte{0xff}, 3*pageSize), []byte("short"), nil} {
		if got := append(w.Write(0, b), w.Flush()...); len(got) > 0 {
			t.Errorf("%q", got)
		}
	}
	w.files[0] = commit{kinds: []string{Record}, root: 7}
	head := make([]byte, pageSize)
	head[8], head[16], head[17], head[18], head[19], head[32] = kindHead, 0xED, 0xDA, 0x0C, 0xED, 8
	if got := append(w.Write(0, head), w.Flush()...); !reflect.DeepEqual(got, []string{Record + Half}) {
		t.Errorf("the head of another: %q", got)
	}
	head[32] = 7
	if got := append(w.Write(0, head), w.Flush()...); !reflect.DeepEqual(got, []string{Record + Done}) {
		t.Errorf("its head: %q", got)
	}
	w.files[0] = commit{kinds: []string{Record}, root: 7}
	if w.Cut(); len(append(w.Write(0, head), w.Flush()...)) > 0 {
		t.Error("a commit goes on after the power was cut")
	}
}

func TestNames(t *testing.T) {
	for _, n := range Names() {
		if err := Known(n); err != nil {
			t.Error(err)
		}
	}
	if err := Known("record"); err == nil || !strings.Contains(err.Error(), "record half") {
		t.Error(err)
	}
	if got := (&Watch{}).Note("record 5 of door, from noon"); !slices.Equal(got, []string{Sent}) {
		t.Error(got)
	}
	if got := (&Watch{}).Note("log entry 5"); len(got) > 0 {
		t.Error(got)
	}
}

func FuzzWrite(f *testing.F) {
	f.Add(bytes.Repeat([]byte{2, 0}, pageSize/2))
	dir := f.TempDir()
	l, err := ledger.Open(filepath.Join(dir, "l"), ledger.Options{})
	if err != nil {
		f.Fatal(err)
	}
	if err := l.Update(func(tx *ledger.Tx) error {
		return tx.Add(ledger.Item{Kind: 1, Boot: [16]byte{1}, Bytes: []byte("record")})
	}); err != nil {
		f.Fatal(err)
	}
	l.Close()
	b, err := os.ReadFile(filepath.Join(dir, "l"))
	if err != nil {
		f.Fatal(err)
	}
	for at := 0; at+2*pageSize <= min(len(b), 8*pageSize); at += pageSize {
		f.Add(b[at : at+2*pageSize])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var w Watch
		for _, m := range append(w.Write(0, b), w.Flush()...) {
			if err := Known(m); err != nil {
				t.Fatal(err)
			}
		}
	})
}
