package queue

import (
	"bufio"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// childEnv makes this test program store records until it is killed.
const childEnv = "TELLIJN_QUEUE_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		child(path)
	}
	os.Exit(m.Run())
}

// child goes on behind the newest record and says each sequence once it is stored.
func child(path string) {
	q, err := Open(path, roomy())
	if err != nil || q.Aside != "" {
		os.Stderr.WriteString("child: cannot open the queue\n")
		os.Exit(1)
	}
	next := uint32(0)
	if it, ok, _ := q.Newest(); ok {
		next = it.Sequence + 1
	}
	for n := 1; ; n = n%7 + 1 {
		if _, err := q.Put(batch(1, next, n)); err != nil {
			os.Exit(2)
		}
		next += uint32(n)
		if err := binary.Write(os.Stdout, binary.LittleEndian, next-1); err != nil {
			os.Exit(3)
		}
	}
}

// TestKilled kills the child at random moments: what it said is stored, in order, and the file
// passes its check. The same file is used again and again.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for a second or two; not with -short")
	}
	path := filepath.Join(t.TempDir(), "q")
	said, rounds := int64(-1), 0
	for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); rounds++ {
		if n := kill(t, path, time.Duration(rand.IntN(60))*time.Millisecond); n > said {
			said = n
		}
		q, err := Open(path, roomy())
		if err != nil || q.Aside != "" {
			t.Fatalf("round %d: %v, set aside %q (%v)", rounds, err, q.Aside, q.Why)
		}
		items, err := q.Peek(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		if int64(len(items)) < said+1 {
			t.Fatalf("round %d: %d records, but %d were said to be stored", rounds, len(items), said+1)
		}
		for i, it := range items {
			if it.Sequence != uint32(i) || len(it.Bytes) != 200 {
				t.Fatalf("round %d: record %d has sequence %d and %d bytes", rounds, i, it.Sequence, len(it.Bytes))
			}
		}
		if err := q.Check(); err != nil {
			t.Fatal(err)
		}
		q.Close()
	}
	if said < 20 || rounds < 3 {
		t.Fatalf("only %d records in %d rounds: the test did not test", said+1, rounds)
	}
	t.Logf("%d records, %d kills", said+1, rounds)
}

// kill starts a child, kills it after d and gives the last sequence it said, or -1.
func kill(t *testing.T, path string, d time.Duration) int64 {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p, err := os.StartProcess(os.Args[0], []string{os.Args[0]}, &os.ProcAttr{
		Env: append(os.Environ(), childEnv+"="+path), Files: []*os.File{nil, w, os.Stderr}})
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	last, in := int64(-1), bufio.NewReader(r)
	var n uint32
	if binary.Read(in, binary.LittleEndian, &n) == nil {
		last = int64(n)
		time.AfterFunc(d, func() { p.Kill() })
	}
	for {
		if err := binary.Read(in, binary.LittleEndian, &n); err != nil {
			if err != io.EOF {
				t.Fatal(err)
			}
			break
		}
		last = int64(n)
	}
	p.Wait()
	return last
}

// roomy has space for all that a fast machine stores in the time.
func roomy() Options { return Options{MaxRecords: 1 << 20, MaxSize: 1 << 30} }
