package queue

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tellijn/firmware/store/storetest"
)

// childEnv makes this test program store records until it is killed.
const childEnv = "TELLIJN_QUEUE_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		child(path)
	}
	os.Exit(m.Run())
}

// child goes on behind the newest record, says each sequence once it is stored, and frees the oldest
// now and then. What it says is two numbers: up to where all is stored, and freed.
func child(path string) {
	q, err := Open(path, roomy())
	if err != nil || q.Aside != "" {
		os.Stderr.WriteString("child: cannot open the queue\n")
		os.Exit(1)
	}
	st, err := q.Stats()
	if err != nil {
		os.Exit(1)
	}
	said := [2]uint32{uint32(st.Put), uint32(st.Acked + st.Refused)}
	for n := 1; ; n = n%7 + 1 {
		if _, err := q.Put(batch(1, said[0], n)); err != nil {
			os.Exit(2)
		}
		said[0] += uint32(n)
		if n%3 == 0 {
			items, err := q.Oldest(0, n, 1<<20)
			if err != nil {
				os.Exit(2)
			}
			var done []Done
			for i, it := range items {
				done = append(done, Done{Number: it.Number, Refused: i == 2})
			}
			if err := q.Settle(done); err != nil {
				os.Exit(2)
			}
			said[1] += uint32(len(items))
		}
		if err := binary.Write(os.Stdout, binary.LittleEndian, said); err != nil {
			os.Exit(3)
		}
	}
}

// TestKilled kills the child at random moments: what it said is stored is there, in order and
// without a gap, what it said is freed does not come back, sending all of it again stores nothing,
// and the file passes its check. The same file is used again and again.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for a second or two; not with -short")
	}
	path := filepath.Join(t.TempDir(), "q")
	var said [2]uint32
	rounds := 0
	for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); rounds++ {
		if n, _ := storetest.Kill[[2]uint32](t, childEnv+"="+path, time.Duration(rand.IntN(60))*time.Millisecond); n[0] > said[0] {
			said = n
		}
		q, err := Open(path, roomy())
		if err != nil || q.Aside != "" {
			t.Fatalf("round %d: %v, set aside %q (%v)", rounds, err, q.Aside, q.Why)
		}
		st, err := q.Stats()
		if err != nil || st.Put < uint64(said[0]) || st.Acked+st.Refused < uint64(said[1]) || st.Dropped != 0 {
			t.Fatalf("round %d: %+v, %v, but %d were said", rounds, st, err, said)
		}
		items, err := q.Peek(1 << 20)
		if err != nil || uint64(len(items)) != st.Waiting {
			t.Fatalf("%d items, %v, %+v", len(items), err, st)
		}
		for i, it := range items {
			if uint64(it.Sequence) != st.Acked+st.Refused+uint64(i) || len(it.Bytes) != 200 {
				t.Fatalf("round %d: item %d has sequence %d and %d bytes, %+v", rounds, i, it.Sequence, len(it.Bytes), st)
			}
		}
		refused, _, err := q.Refused()
		if err != nil || uint64(len(refused)) != st.Kept {
			t.Fatalf("%d refused, %v, %+v", len(refused), err, st)
		}
		put(t, q, batch(1, 0, int(st.Put)), 0)
		if err := q.Check(); err != nil {
			t.Fatal(err)
		}
		q.Close()
	}
	if said[0] < 20 || said[1] < 3 || rounds < 3 {
		t.Fatalf("only %d in %d rounds: the test did not test", said, rounds)
	}
	t.Logf("%d records, %d freed, %d kills", said[0], said[1], rounds)
}

// roomy has space for all that a fast machine stores in the time.
func roomy() Options { return Options{MaxRecords: 1 << 20, MaxSize: 64 << 20} }
