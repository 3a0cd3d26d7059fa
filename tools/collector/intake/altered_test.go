package intake_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tellijn/firmware/queue"
	"tellijn/firmware/upload/file"
	"tellijn/firmware/upload/pump"
	"tellijn/privacy/batch"
	"tellijn/tools/collector/collectortest"
)

// between is a broker: it passes batches on, and alters their items first.
type between struct {
	c *collectortest.Collector

	mu     sync.Mutex
	alter  func([]batch.Item)
	called int
}

func (w *between) Exchange(_ context.Context, encoded []byte) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.called++
	b, err := batch.Decode(encoded)
	if err != nil {
		return nil, err
	}
	if w.alter != nil {
		w.alter(b.Items)
	}
	if encoded, err = batch.Encode(&b); err != nil {
		return nil, err
	}
	return w.c.Handle(b.Device, encoded)
}

// carrier is a folder of which the files are altered on their way to the collector and put back on the way
// home, so that the device finds what it wrote.
type carrier struct {
	*file.Folder
	w *between
}

func (f carrier) Answers() ([]uint64, error) { return f.Batches() }

func (f carrier) Answer(n uint64) ([]byte, error) {
	b, err := f.Batch(n)
	if err != nil {
		return nil, err
	}
	return f.w.Exchange(context.Background(), b)
}

// Somebody on the way keeps device, random number and how many items there are, and has the collector sign
// for other items: the device frees nothing for it and sets nothing aside, and counts that somebody tried.
// Queue, pump and collector are the real ones.
func TestReceiptOfOtherThings(t *testing.T) {
	for _, way := range []string{"broker", "stick"} {
		for what, alter := range map[string]func(old []byte, items []batch.Item){
			"an old record": func(old []byte, items []batch.Item) {
				for i := range items {
					items[i].Bytes = old
				}
			},
			"garbage": func(_ []byte, items []batch.Item) {
				for i := range items {
					items[i].Bytes = []byte{1}
				}
			},
			"one bit":       func(_ []byte, items []batch.Item) { items[2].Bytes[200] ^= 1 },
			"another order": func(_ []byte, items []batch.Item) { slices.Reverse(items) },
		} {
			t.Run(way+", "+what, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { otherThings(t, way, alter) })
			})
		}
	}
}

func otherThings(t *testing.T, way string, alter func(old []byte, items []batch.Item)) {
	c, d := start(t, "door")
	old := d.Record(nil)
	c.Take(d, old)
	q, err := queue.Open(filepath.Join(t.TempDir(), "queue.db"), queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	fresh := make([][]byte, 5)
	for n := range fresh {
		fresh[n] = d.Record(nil)
		if _, err := q.Put([]queue.Item{{Kind: queue.Record, Boot: [16]byte{1}, Sequence: uint32(n), Bytes: fresh[n]}}); err != nil {
			t.Fatal(err)
		}
	}
	c.At = d.At
	p := pump.New(pump.Options{Device: "door", Receipts: c.Key.Public(), Queue: q, Pace: 15 * time.Minute, Poll: time.Minute, Random: func(b []byte) { rand.Read(b) },
		Inward: func([]byte) {}, Stranger: func(error) bool { return false }, Say: func(string) {}})
	w := &between{c: c, alter: func(items []batch.Item) { alter(old, items) }}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if way == "broker" {
			p.Run(ctx, w)
			return
		}
		f, err := file.Open(t.TempDir(), "door")
		if err != nil {
			t.Error(err)
			return
		}
		p.RunFolder(ctx, carrier{f, w})
	}()
	rest := func() { time.Sleep(time.Hour); synctest.Wait() }
	rest()
	st, err := q.Stats()
	if err != nil || st.Waiting != 5 || st.Acked != 0 || st.Refused != 0 {
		t.Errorf("%+v, %v: the device let go of what the collector never had", st, err)
	}
	w.mu.Lock()
	if w.called < 3 || p.Failed() != uint64(w.called) {
		t.Errorf("%d of %d altered batches count as failed", p.Failed(), w.called)
	}
	w.alter = nil
	w.mu.Unlock()
	rest()
	if st, err = q.Stats(); err != nil || st.Waiting != 0 || st.Acked != 5 || st.Refused != 0 {
		t.Errorf("%+v, %v after nobody altered anything", st, err)
	}
	all, _ := held(t, c, d, batch.Record)
	for n, b := range fresh {
		if !slices.ContainsFunc(all, func(have []byte) bool { return bytes.Equal(have, b) }) {
			t.Errorf("record %d is nowhere", n)
		}
	}
	cancel()
	<-done
}
