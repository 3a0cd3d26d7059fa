package shelf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/handoff"
	"tellijn/firmware/queue"
)

func item(kind handoff.ItemKind, n int) handoff.Item {
	return handoff.Item{Kind: kind, Boot: [16]byte{1}, Sequence: uint32(n), At: 1_795_330_800 + int64(n), Bytes: fmt.Appendf(nil, "item %d", n)}
}

func send(t *testing.T, w io.Writer, items ...handoff.Item) {
	t.Helper()
	for _, it := range items {
		if err := handoff.WriteItem(w, it); err != nil {
			t.Fatal(err)
		}
	}
}

type rig struct {
	*Shelf
	news int
	said []string
}

func shelf(t *testing.T, in io.Reader, out io.Writer) *rig {
	t.Helper()
	q, err := queue.Open(filepath.Join(t.TempDir(), "q"), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	r := &rig{}
	r.Shelf = &Shelf{In: in, Out: out, Queue: q, News: func() { r.news++ }, Failed: func() uint64 { return 3 },
		Say: func(s string) { r.said = append(r.said, s) }, Rest: func(time.Duration) bool { return true }}
	return r
}

func answers(t *testing.T, r io.Reader) (out []handoff.Back) {
	t.Helper()
	for {
		m, err := handoff.ReadBack(r)
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
}

func TestStoresAndAnswers(t *testing.T) {
	var in, out bytes.Buffer
	for n := range 200 {
		send(t, &in, item(handoff.ItemKind(n%3+1), n/3))
	}
	for n := range 30 { // the last ones again
		send(t, &in, item(handoff.ItemRecord, 37+n))
	}
	r := shelf(t, &in, &out)
	if err := r.Run(); err != nil {
		t.Fatal(err)
	}
	all := answers(t, &out)
	hello, last := all[0], all[len(all)-1]
	if hello.Kind != handoff.Hello || hello.Tail != [32]byte{} || hello.Upto != 0 || hello.Failed != 3 || hello.Aside {
		t.Errorf("%+v", hello)
	}
	if last.Kind != handoff.Stored || last.Upto != 230 || last.Sequence != 66 || last.Waiting != 200 || last.Tail != sha256.Sum256([]byte("item 66")) {
		t.Errorf("%+v", last)
	}
	for i, m := range all[1:] {
		if m.Kind != handoff.Stored || m.Upto <= all[i].Upto {
			t.Errorf("answer %d: %+v", i+1, m)
		}
	}
	items, err := r.Queue.Peek(1000)
	if err != nil || len(items) != 200 || items[7].Kind != queue.Log || string(items[7].Bytes) != "item 2" {
		t.Fatalf("%d items, %v", len(items), err)
	}
	if r.news == 0 {
		t.Error("nobody was told")
	}
	r.news = 0
	send(t, &in, item(handoff.ItemRecord, 1))
	if err := r.Run(); err != nil || r.news != 0 {
		t.Errorf("%v, %d times told of nothing new", err, r.news)
	}
	r.News, r.Failed = nil, nil // nothing is sent
	send(t, &in, item(handoff.ItemRecord, 1000))
	if err := r.Run(); err != nil {
		t.Error(err)
	}
}

func TestStoresWhatCameBeforeRubbish(t *testing.T) {
	var in, out bytes.Buffer
	send(t, &in, item(handoff.ItemRecord, 0), item(handoff.ItemLog, 1), item(handoff.ItemRecord, 2))
	in.WriteString("rubbish that is longer than the head of an item")
	r := shelf(t, &in, &out)
	if err := r.Run(); !errors.Is(err, handoff.ErrInvalid) {
		t.Fatalf("%v, want ErrInvalid", err)
	}
	if items, _ := r.Queue.Peek(10); len(items) != 3 {
		t.Fatalf("%d items", len(items))
	}
}

type deaf struct{ hears int }

func (d *deaf) Write(p []byte) (int, error) {
	if d.hears--; d.hears < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

// TestStoresForNobody has a warden that died with items on their way.
func TestStoresForNobody(t *testing.T) {
	var in bytes.Buffer
	for n := range 100 {
		send(t, &in, item(handoff.ItemRecord, n))
	}
	r := shelf(t, &in, &deaf{1})
	if err := r.Run(); err != nil {
		t.Fatal(err)
	}
	r.Inward([]byte{1})
	if items, _ := r.Queue.Peek(1000); len(items) != 100 {
		t.Fatalf("%d items, want 100", len(items))
	}
}

// TestInwardBetweenAnswers writes both at once: each message stays whole.
func TestInwardBetweenAnswers(t *testing.T) {
	in, warden := io.Pipe()
	hears, out := io.Pipe()
	r := shelf(t, in, out)
	var all sync.WaitGroup
	all.Go(func() {
		if err := r.Run(); err != nil {
			t.Error(err)
		}
		out.Close()
	})
	all.Go(func() {
		for n := range 100 {
			send(t, warden, item(handoff.ItemRecord, n))
			if n%5 == 0 {
				r.Inward(bytes.Repeat([]byte{byte(n)}, 1+n*7))
			}
		}
		warden.Close()
	})
	inward, upto := 0, uint64(0)
	for _, m := range answers(t, hears) {
		if m.Kind == handoff.Inward {
			if n := 5 * inward; !bytes.Equal(m.Envelope, bytes.Repeat([]byte{byte(n)}, 1+n*7)) {
				t.Errorf("envelope %d has %d bytes", inward, len(m.Envelope))
			}
			inward++
		}
		upto = max(upto, m.Upto)
	}
	all.Wait()
	if inward != 20 || upto != 100 {
		t.Errorf("%d envelopes, %d items", inward, upto)
	}
}

// TestFullDisk has a disk without room: items are held, the warden hears of it, and they are stored
// when there is room, also when nobody listens any more.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 200<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	q, err := queue.Open(filepath.Join(dir, "q"), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	var in, out bytes.Buffer
	for n := range 300 {
		it := item(handoff.ItemRecord, n)
		it.Bytes = make([]byte, 900)
		send(t, &in, it)
	}
	r := shelf(t, &in, &out)
	r.Queue = q
	rests := 0
	r.Rest = func(time.Duration) bool {
		if rests++; rests == 3 {
			os.Remove(ballast)
			syscall.Mount("", dir, "", syscall.MS_REMOUNT, "size=4m")
		}
		return rests < 10
	}
	if err := r.Run(); err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, m := range answers(t, &out) {
		if m.Kind == handoff.Held {
			held++
		}
	}
	if st, _ := q.Stats(); st.Waiting != 300 || held != 3 || len(r.said) != 2 {
		t.Fatalf("%+v, held %d times, %q", st, held, r.said)
	}
}
