package ledger

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/store/storetest"
)

// childEnv makes this test program write into a ledger: until it is killed, or as callsEnv says.
const (
	childEnv = "TELLIJN_LEDGER_CHILD"
	callsEnv = "TELLIJN_LEDGER_CALLS"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		child(path)
	}
	if path := os.Getenv(callsEnv); path != "" {
		calls(path)
	}
	os.Exit(m.Run())
}

// few items are kept, so that some are freed and some pushed out all the time.
func few() Options { return Options{MaxEach: 20} }

// both puts state, two items and an entry of the log that carry the same number into one
// transaction, in an order that changes.
func both(tx *Tx, n uint32) error {
	state := binary.BigEndian.AppendUint32(make([]byte, 700), n)
	if n%2 == 0 {
		tx.Put("state", state)
	}
	if n%3 == 0 {
		if items := tx.Items(0, 6); len(items) == 6 {
			tx.Free(items[5].Number)
		}
	}
	tx.Add(item(1, n))
	tx.Put("state", state)
	tx.Log(n+1, state)
	return tx.Add(item(2, n))
}

func child(path string) {
	l, err := Open(path, few())
	if err != nil || l.Aside != "" {
		os.Stderr.WriteString("child: cannot open the ledger\n")
		os.Exit(1)
	}
	n := uint32(0)
	if err := l.View(func(tx *Tx) error { n = tx.LogHead().Number; return nil }); err != nil {
		os.Exit(2)
	}
	for ; ; n++ {
		if err := l.Update(func(tx *Tx) error { return both(tx, n) }); err != nil {
			os.Stderr.WriteString("child: " + err.Error() + "\n")
			os.Exit(3)
		}
		if err := binary.Write(os.Stdout, binary.LittleEndian, n); err != nil {
			os.Exit(4)
		}
	}
}

// calls is a child that may open nothing any more after Open: it makes keys, grows the file, frees,
// fails, reads, checks. What it does between begin and end is what a confined warden does.
func calls(path string) {
	const begin, end = "TELLIJN BEGIN", "TELLIJN END"
	l, err := Open(path, Options{MaxEach: 200})
	if err != nil {
		os.Exit(1)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{}); err != nil {
		os.Exit(2)
	}
	if _, err := os.Open("/"); err == nil {
		os.Exit(3) // the limit does not hold
	}
	os.Stderr.WriteString(begin)
	if _, made, err := l.Keys(strings.NewReader(strings.Repeat("random", 16))); err != nil || !made {
		os.Exit(4)
	}
	for n := range uint32(300) {
		if err := l.Update(func(tx *Tx) error { return both(tx, n) }); err != nil {
			os.Exit(5)
		}
	}
	if err := l.Update(func(tx *Tx) error { tx.Put("a", nil); return os.ErrInvalid }); err == nil {
		os.Exit(6)
	}
	if l.Check() != nil || l.View(func(tx *Tx) error { tx.Entries(0, 1000); return nil }) != nil {
		os.Exit(7)
	}
	os.Stderr.WriteString(end)
	os.Exit(0)
}

// TestKilled kills the child at random moments: state, items and log always carry the same number,
// none that was said is missing, and the file passes its check. The same file is used on and on.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for a second or two; not with -short")
	}
	path := place(t)
	said, rounds, unsaid := int64(-1), 0, 0
	for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); rounds++ {
		if n, ok := storetest.Kill[uint32](t, childEnv+"="+path, time.Duration(rand.IntN(60_000))*time.Microsecond); ok && int64(n) > said {
			said = int64(n)
		}
		l, err := Open(path, few())
		if err != nil || l.Aside != "" || l.Opened {
			t.Fatalf("round %d: %v, set aside %q (%v)", rounds, err, l.Aside, l.Why)
		}
		if err := l.View(func(tx *Tx) error {
			n := together(t, tx)
			if n < said {
				t.Fatalf("round %d: at %d, but %d was said", rounds, n, said)
			}
			if n > said {
				unsaid++
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
		l.Close()
	}
	if said < 60 || rounds < 3 {
		t.Fatalf("only %d transactions in %d rounds: the test did not test", said+1, rounds)
	}
	t.Logf("%d transactions, %d kills, %d times between storing and saying", said+1, rounds, unsaid)
}

// together checks that all parts carry the same number and gives it, or -1 before the first.
func together(t *testing.T, tx *Tx) int64 {
	t.Helper()
	n := int64(tx.LogHead().Number) - 1
	state, ok := tx.Get("state")
	items, counts := tx.Items(0, 1000), tx.Counts()
	if n < 0 {
		if ok || len(items) > 0 {
			t.Fatal("state or items without an entry")
		}
		return n
	}
	if !ok || int64(binary.BigEndian.Uint32(state[700:])) != n {
		t.Fatalf("state %x at %d", state, n)
	}
	newest, waiting := [Kinds + 1]int64{}, [Kinds + 1]uint32{}
	for _, it := range items {
		if string(it.Bytes) != string(item(it.Kind, it.Sequence).Bytes) {
			t.Fatalf("item %d has other bytes", it.Sequence)
		}
		newest[it.Kind] = int64(it.Sequence)
		waiting[it.Kind]++
	}
	if newest[1] != n || newest[2] != n || waiting != counts.Waiting {
		t.Fatalf("items up to %v, waiting %v, counted %v, at %d", newest, waiting, counts.Waiting, n)
	}
	return n
}
