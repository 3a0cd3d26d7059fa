package ledger

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"testing"

	berrors "go.etcd.io/bbolt/errors"
)

// open opens a ledger and checks the whole file after the test.
func open(t testing.TB, path string, o Options) *Ledger {
	t.Helper()
	l, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Check(); err != nil && !errors.Is(err, berrors.ErrDatabaseNotOpen) { // closed by the test
			t.Error(err)
		}
		l.Close()
	})
	return l
}

func place(t testing.TB) string { return filepath.Join(t.TempDir(), "warden", "ledger.db") }

// item makes one of a kind with the bytes that follow from its sequence.
func item(kind uint8, sequence uint32) Item {
	sum := sha256.Sum256([]byte{kind, byte(sequence), byte(sequence >> 8), byte(sequence >> 16)})
	return Item{Kind: kind, Boot: [16]byte{7}, Sequence: sequence, Bytes: bytes.Repeat(sum[:], 28)}
}

func update(t testing.TB, l *Ledger, do func(tx *Tx) error) {
	t.Helper()
	if err := l.Update(do); err != nil {
		t.Fatal(err)
	}
}

func add(t testing.TB, l *Ledger, items ...Item) {
	t.Helper()
	update(t, l, func(tx *Tx) error {
		for _, it := range items {
			if err := tx.Add(it); err != nil {
				return err
			}
		}
		return nil
	})
}

// waits checks which sequences wait, oldest first.
func waits(t testing.TB, l *Ledger, want ...uint32) []Item {
	t.Helper()
	var items []Item
	if err := l.View(func(tx *Tx) error { items = tx.Items(0, 10_000); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(items) != len(want) {
		t.Fatalf("%d items wait, want %d", len(items), len(want))
	}
	for i, it := range items {
		if it.Sequence != want[i] || !bytes.Equal(it.Bytes, item(it.Kind, it.Sequence).Bytes) || it.Boot != (item(1, 0).Boot) {
			t.Fatalf("place %d: kind %d, sequence %d, want %d", i, it.Kind, it.Sequence, want[i])
		}
		if i > 0 && it.Number <= items[i-1].Number {
			t.Fatalf("number %d after %d", it.Number, items[i-1].Number)
		}
	}
	return items
}

func TestStateAndItems(t *testing.T) {
	path := place(t)
	l := open(t, path, Options{})
	update(t, l, func(tx *Tx) error {
		tx.Put("line", []byte{1, 2, 3})
		tx.Put("empty", nil)
		return tx.Add(item(1, 5))
	})
	add(t, l, item(2, 9), item(1, 6))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, path, Options{})
	items := waits(t, l, 5, 9, 6)
	if err := l.View(func(tx *Tx) error {
		if b, ok := tx.Get("line"); !ok || !bytes.Equal(b, []byte{1, 2, 3}) {
			t.Errorf("state %v, %v", b, ok)
		}
		if b, ok := tx.Get("empty"); !ok || len(b) != 0 {
			t.Errorf("empty state %v, %v", b, ok)
		}
		if _, ok := tx.Get("lin"); ok {
			t.Error("state that nobody put")
		}
		if got := tx.Items(items[0].Number, 1); len(got) != 1 || got[0].Sequence != 9 {
			t.Errorf("after the first: %v", got)
		}
		if c := tx.Counts(); c.Waiting != [Kinds + 1]uint32{1: 2, 2: 1} || c.Dropped != [Kinds + 1]uint64{} {
			t.Errorf("counts %+v", c)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	update(t, l, func(tx *Tx) error {
		if n, err := tx.Free(items[1].Number); n != 2 || err != nil {
			t.Errorf("freed %d, %v", n, err)
		}
		return tx.Delete("line")
	})
	waits(t, l, 6)
	update(t, l, func(tx *Tx) error {
		if n, err := tx.Free(items[1].Number); n != 0 || err != nil {
			t.Errorf("freed %d again, %v", n, err)
		}
		_, err := tx.Free(1<<64 - 1)
		return err
	})
	add(t, l, item(1, 7))
	if got := waits(t, l, 7); got[0].Number <= items[2].Number {
		t.Fatalf("number %d was given before", got[0].Number)
	}
}

func TestAddingAgainDoesNoHarm(t *testing.T) {
	l := open(t, place(t), Options{})
	add(t, l, item(1, 0), item(1, 1), item(1, 0))
	add(t, l, item(1, 1), item(2, 1))
	waits(t, l, 0, 1, 1)
	other := item(1, 1)
	other.Bytes = other.Bytes[1:]
	if err := l.Update(func(tx *Tx) error { return tx.Add(other) }); !errors.Is(err, ErrInvalid) {
		t.Fatalf("other bytes: %v", err)
	}
	waits(t, l, 0, 1, 1)
}

// TestAllOrNothing: an error inside undoes what came before it, also when it is not passed on.
func TestAllOrNothing(t *testing.T) {
	l := open(t, place(t), Options{})
	add(t, l, item(1, 0))
	mine := errors.New("mine")
	for what, do := range map[string]func(tx *Tx) error{
		"own error":     func(tx *Tx) error { return mine },
		"long state":    func(tx *Tx) error { tx.Put("a", make([]byte, MaxState+1)); return nil },
		"no name":       func(tx *Tx) error { tx.Put("", nil); return nil },
		"long name":     func(tx *Tx) error { tx.Put(string(make([]byte, MaxName+1)), nil); return nil },
		"no bytes":      func(tx *Tx) error { tx.Add(Item{Kind: 1}); return nil },
		"long item":     func(tx *Tx) error { tx.Add(Item{Kind: 1, Bytes: make([]byte, MaxItem+1)}); return nil },
		"kind 0":        func(tx *Tx) error { tx.Add(item(0, 1)); return nil },
		"kind 8":        func(tx *Tx) error { tx.Add(item(Kinds+1, 1)); return nil },
		"log gap":       func(tx *Tx) error { tx.Log(2, []byte{1}); return nil },
		"log of naught": func(tx *Tx) error { tx.Log(1, nil); return nil },
	} {
		err := l.Update(func(tx *Tx) error {
			if tx.Put("s", []byte(what)) != nil || tx.Add(item(1, 1)) != nil {
				t.Error("not even begun")
			}
			return do(tx)
		})
		if want := map[bool]error{true: mine, false: ErrInvalid}[what == "own error"]; !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
		waits(t, l, 0)
		if err := l.View(func(tx *Tx) error {
			if _, ok := tx.Get("s"); ok || tx.Counts().Waiting[1] != 1 {
				t.Errorf("%s: half of it is there", what)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.View(func(tx *Tx) error { return tx.Put("s", nil) }); err == nil {
		t.Error("state was put while only reading")
	}
}

func TestFullDropsTheOldestOfItsKind(t *testing.T) {
	l := open(t, place(t), Options{MaxEach: 3})
	add(t, l, item(2, 100), item(1, 0), item(1, 1), item(1, 2))
	add(t, l, item(1, 3), item(1, 4))
	waits(t, l, 100, 2, 3, 4)
	if err := l.View(func(tx *Tx) error {
		if c := tx.Counts(); c.Dropped != [Kinds + 1]uint64{1: 2} || c.Waiting != [Kinds + 1]uint32{1: 3, 2: 1} {
			t.Errorf("counts %+v", c)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestLog(t *testing.T) {
	path := place(t)
	l := open(t, path, Options{})
	const entries = LogTail + 3*spare + 5
	for n := uint32(1); n <= entries; {
		update(t, l, func(tx *Tx) error {
			for i := 0; i < 7 && n <= entries; i, n = i+1, n+1 {
				h, err := tx.Log(n, []byte{1, byte(n), byte(n >> 8)})
				if err != nil || h.Number != n || h.Hash != sha256.Sum256([]byte{1, byte(n), byte(n >> 8)}) || h != tx.LogHead() {
					t.Fatalf("entry %d: %v, %v", n, h, err)
				}
			}
			if have := len(tx.Entries(0, 1<<20)); have < min(int(n)-1, LogTail) || have > LogTail+spare {
				t.Fatalf("%d entries of %d", have, n-1)
			}
			return nil
		})
	}
	l.Close()
	l = open(t, path, Options{})
	if err := l.View(func(tx *Tx) error {
		if h := tx.LogHead(); h.Number != entries {
			t.Errorf("head %d", h.Number)
		}
		all := tx.Entries(0, 1<<20)
		if n := len(all); n < LogTail || n >= LogTail+spare {
			t.Errorf("%d entries", n)
		}
		for i, e := range all {
			if e.Number != entries-uint32(len(all)-1-i) || !bytes.Equal(e.Bytes, []byte{1, byte(e.Number), byte(e.Number >> 8)}) {
				t.Fatalf("place %d: entry %d, % x", i, e.Number, e.Bytes)
			}
		}
		if some := tx.Entries(entries-1, 5); len(some) != 2 || some[0].Number != entries-1 {
			t.Errorf("the last two: %v", some)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// An item that waits is known again although the transaction has emptied whole pages behind it.
func TestKnownBehindGaps(t *testing.T) {
	l := open(t, place(t), Options{MaxEach: 8})
	add(t, l, item(2, 1))
	for i := range uint32(8) {
		add(t, l, item(1, i))
	}
	update(t, l, func(tx *Tx) error {
		for i := range uint32(8) {
			tx.Add(item(1, 100+i))
		}
		return tx.Add(item(2, 1))
	})
	waits(t, l, 1, 100, 101, 102, 103, 104, 105, 106, 107)
}
