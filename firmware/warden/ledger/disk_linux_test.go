package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tellijn/firmware/store/storetest"
)

// TestFullDisk fills a small file system: Update fails clearly, nothing stored is lost, state and
// items stay together, and a later try works.
func TestFullDisk(t *testing.T) {
	dir, ballast := storetest.Small(t, 250<<10)
	l := open(t, filepath.Join(dir, "warden", "ledger.db"), Options{})
	first := keys(t, l, true)
	n, full := fill(t, l, 1000)
	if !full || n == 0 {
		t.Fatalf("the disk was never full after %d transactions", n)
	}
	for range 3 {
		if err := l.Update(func(tx *Tx) error { return both(tx, n) }); !errors.Is(err, ErrNoRoom) {
			t.Fatalf("got %v, want ErrNoRoom", err)
		}
	}
	if err := l.View(func(tx *Tx) error {
		if got := together(t, tx); got != int64(n)-1 {
			t.Errorf("at %d, want %d", got, n-1)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if keys(t, l, false) != first {
		t.Fatal("other keys")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if more, _ := fill(t, l, n+5); more != n+5 {
		t.Fatalf("with room again: %d, want %d", more, n+5)
	}
}

// TestFullFile is the same with the bound on the file itself.
func TestFullFile(t *testing.T) {
	path := place(t)
	l := open(t, path, Options{MaxSize: 256 << 10, MaxEach: 1000})
	n, full := fill(t, l, 1000)
	info, err := os.Stat(path)
	if !full || n == 0 || err != nil || info.Size() > 256<<10 {
		t.Fatalf("full %v after %d, %v", full, n, err)
	}
	if err := l.View(func(tx *Tx) error {
		if got := together(t, tx); got != int64(n)-1 {
			t.Errorf("at %d, want %d", got, n-1)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// fill writes until number upto or until there is no room, and gives the next number.
func fill(t *testing.T, l *Ledger, upto uint32) (n uint32, full bool) {
	t.Helper()
	if err := l.View(func(tx *Tx) error { n = tx.LogHead().Number; return nil }); err != nil {
		t.Fatal(err)
	}
	for ; n < upto; n++ {
		err := l.Update(func(tx *Tx) error { return both(tx, n) })
		if errors.Is(err, ErrNoRoom) {
			return n, true
		}
		if err != nil {
			t.Fatalf("transaction %d: %v", n, err)
		}
	}
	return n, false
}

// TestWritten bounds what a record costs the card: what is freed goes with the next record, and
// state, counts and item lie on one page while little waits.
func TestWritten(t *testing.T) {
	l := open(t, place(t), Options{})
	keys(t, l, true)
	n := uint32(0)
	add := func(tx *Tx, free bool) {
		if items := tx.Items(0, 1<<20); free && len(items) > 0 {
			tx.Free(items[len(items)-1].Number)
		}
		tx.Put("release", []byte(strings.Repeat(strconv.Itoa(int(n)%10), 400)))
		tx.Put("calendar", []byte(strings.Repeat(strconv.Itoa(int(n)%10), 100)))
		tx.Add(item(1, n))
		n++
	}
	cost := func(what string, most int64, do func(tx *Tx)) {
		t.Helper()
		const times = 50
		calls, pages := storetest.Written(t)
		for range times {
			update(t, l, func(tx *Tx) error { do(tx); return nil })
		}
		c, p := storetest.Written(t)
		b := (c - calls) / times
		t.Logf("%-50s %6d bytes, %6d with the file system's own", what, b, (p-pages)/times)
		if b > most {
			t.Errorf("%s: %d bytes, want at most %d", what, b, most)
		}
	}
	cost("a record, the one before is freed", 17<<10, func(tx *Tx) { add(tx, true) })
	cost("freed for itself", 17<<10, func(tx *Tx) {
		if n++; n%2 == 0 {
			tx.Add(item(2, n))
		} else {
			tx.Free(1<<64 - 1)
		}
	})
	entry := make([]byte, 350)
	log := func(tx *Tx) {
		if _, err := tx.Log(tx.LogHead().Number+1, entry); err != nil {
			t.Fatal(err)
		}
	}
	update(t, l, func(tx *Tx) error {
		for range LogTail + spare {
			log(tx)
		}
		return nil
	})
	cost("an entry of a full log, for itself", 45<<10, log)
	cost("a record with an entry, the one before is freed", 45<<10, func(tx *Tx) { add(tx, true); log(tx) })
	for range DefaultEach / 8 {
		update(t, l, func(tx *Tx) error {
			for range 8 {
				add(tx, false)
			}
			return nil
		})
	}
	cost("a record while seven days of them wait", 41<<10, func(tx *Tx) { add(tx, false) })
}
