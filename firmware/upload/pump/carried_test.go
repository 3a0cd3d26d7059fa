package pump

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tellijn/firmware/queue"
	"tellijn/firmware/upload/file"
	"tellijn/privacy/batch"
)

// carry runs a pump on a folder in pretended time.
func carry(t *testing.T, f func(r *rig, dir string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 15*time.Minute, time.Minute)
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.p.RunFolder(ctx, folder(t, dir)); close(done) }()
		f(r, dir)
		cancel()
		<-done
	})
}

func folder(t *testing.T, dir string) *file.Folder {
	t.Helper()
	f, err := file.Open(dir, "north-door")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// bring carries every batch to the collector and the answers back.
func bring(r *rig, dir string, turn func(name string, answer []byte) []byte) (n int) {
	r.t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, "*"+batch.BatchFile))
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			r.t.Fatal(err)
		}
		answer, err := r.col.Answer(b)
		if err != nil {
			r.t.Fatal(err)
		}
		if answer = turn(name, answer); answer == nil {
			continue
		}
		if err := os.WriteFile(name[:len(name)-len(batch.BatchFile)]+batch.AnswerFile, answer, 0o600); err != nil {
			r.t.Fatal(err)
		}
		n++
	}
	return n
}

func same(_ string, b []byte) []byte { return b }

func TestCarried(t *testing.T) {
	carry(t, func(r *rig, dir string) {
		r.put(150)
		sleep(2 * time.Minute)
		for range 10 {
			r.put(1)
			sleep(15 * time.Minute)
		}
		if n, _ := folder(r.t, dir).Batches(); len(n) != 13 || n[0] != 64 || n[2] != 150 || n[12] != 160 {
			r.t.Fatalf("batches %v", n)
		}
		if n := bring(r, dir, func(name string, b []byte) []byte {
			switch filepath.Base(name) {
			case batch.FileName("north-door", 64, batch.BatchFile):
				return nil // not carried
			case batch.FileName("north-door", 128, batch.BatchFile):
				return b[:len(b)/2] // half copied
			}
			return b
		}); n != 12 {
			r.t.Fatalf("%d answers", n)
		}
		sleep(20 * time.Minute)
		if st, _ := r.q.Stats(); st.Waiting != 128 || st.Acked != 32 {
			r.t.Fatalf("%+v", st)
		}
		if n := bring(r, dir, same); n != 2 {
			r.t.Fatalf("%d answers", n)
		}
		sleep(20 * time.Minute)
		if st, _ := r.q.Stats(); st.Waiting != 0 || st.Acked != 160 {
			r.t.Fatalf("%+v", st)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			r.t.Errorf("%d files stay", len(left))
		}
		if n := len(r.col.Items()); n != 160 {
			r.t.Errorf("%d items at the collector", n)
		}
	})
}

// TestCarriedWrong mixes answers up: none frees anything but its own batch.
func TestCarriedWrong(t *testing.T) {
	carry(t, func(r *rig, dir string) {
		r.put(64)
		sleep(2 * time.Minute)
		r.put(64)
		sleep(2 * time.Minute)
		var first []byte
		bring(r, dir, func(_ string, b []byte) []byte {
			if first == nil {
				first = b
				return nil
			}
			return first // of the other batch
		})
		sleep(20 * time.Minute)
		if st, _ := r.q.Stats(); st.Waiting != 128 || r.p.Failed() == 0 {
			r.t.Fatalf("%+v, %d failed", st, r.p.Failed())
		}
		bring(r, dir, same)
		sleep(20 * time.Minute)
		if st, _ := r.q.Stats(); st.Waiting != 0 {
			r.t.Fatalf("%+v", st)
		}
	})
}

// TestCarriedAfterAStart starts anew with files in the folder, some of items that are gone.
func TestCarriedAfterAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 15*time.Minute, time.Minute)
		dir := t.TempDir()
		begin := func() (end func()) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { r.p.RunFolder(ctx, folder(t, dir)); close(done) }()
			sleep(3 * time.Minute)
			return func() { cancel(); <-done }
		}
		r.put(70)
		end := begin()
		end()
		names, _ := folder(t, dir).Batches()
		r.put(5)
		end = begin()
		again, _ := folder(t, dir).Batches()
		if len(names) != 2 || len(again) != 3 || again[1] != names[1] || again[2] != 75 {
			t.Fatalf("%v, then %v", names, again)
		}
		items, _ := r.q.Peek(70)
		var done []queue.Done
		for _, it := range items[:66] { // as if they had been pushed out
			done = append(done, queue.Done{Number: it.Number})
		}
		if err := r.q.Settle(done); err != nil {
			t.Fatal(err)
		}
		sleep(2 * time.Minute)
		if left, _ := folder(t, dir).Batches(); len(left) != 2 || left[0] != 70 {
			t.Fatalf("%v stay", left)
		}
		bring(r, dir, same)
		sleep(2 * time.Minute)
		end()
		if st, _ := r.q.Stats(); st.Waiting != 0 || st.Acked != 75 {
			t.Fatalf("%+v", st)
		}
	})
}

// TestCarriedOfAnEarlierQueue has batches of a queue that was damaged: they stay for seven days, their
// answers are taken, and free nothing else.
func TestCarriedOfAnEarlierQueue(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, 15*time.Minute, time.Minute)
	r.put(70)
	if err := r.p.carry(folder(t, dir)); err != nil {
		t.Fatal(err)
	}
	q, err := queue.Open(filepath.Join(t.TempDir(), "q"), queue.Options{After: 70})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	r.q, r.p.o.Queue = q, q
	r.put(3)
	look := func(want ...uint64) {
		t.Helper()
		err := r.p.carry(folder(t, dir))
		if n, lerr := folder(t, dir).Batches(); err != nil || lerr != nil || !slices.Equal(n, want) {
			t.Fatalf("%v, %v, %v, want %v", n, err, lerr, want)
		}
	}
	look(64, 70, 73)
	bring(r, dir, func(name string, b []byte) []byte {
		if filepath.Base(name) == batch.FileName("north-door", 64, batch.BatchFile) {
			return b
		}
		return nil
	})
	look(70, 73)
	for i := range int64(16) {
		if _, err := q.Put([]queue.Item{{Kind: queue.Log, Boot: [16]byte{2}, Sequence: uint32(i), At: 1_795_330_800 + i*43_200, Bytes: []byte{1}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.p.carry(folder(t, dir)); err != nil {
		t.Fatal(err)
	}
	if n, _ := folder(t, dir).Batches(); n[0] <= 73 {
		t.Fatalf("%v after seven days", n)
	}
	if st, _ := q.Stats(); st.Acked != 0 {
		t.Fatalf("%+v", st)
	}
}
