package queue

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tellijn/firmware/store/storetest"
)

// TestFullDisk fills a small file system: Put fails clearly, nothing stored is lost, and a later
// try works.
func TestFullDisk(t *testing.T) {
	dir, ballast := storetest.Small(t, 300<<10)
	q := open(t, filepath.Join(dir, "q"), Options{})
	next, full := uint32(0), false
	for range 100 {
		n, err := q.Put(batch(1, next, 20))
		if err != nil {
			if !errors.Is(err, ErrNoRoom) {
				t.Fatalf("got %v, want ErrNoRoom", err)
			}
			full = true
			break
		}
		next += uint32(n)
	}
	if !full || next == 0 {
		t.Fatalf("the disk was never full after %d records", next)
	}
	for range 3 {
		if _, err := q.Put(batch(1, next, 20)); !errors.Is(err, ErrNoRoom) {
			t.Fatalf("got %v, want ErrNoRoom", err)
		}
	}
	if items, err := q.Peek(10_000); err != nil || len(items) != int(next) {
		t.Fatalf("%d records, %v, want %d", len(items), err, next)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	put(t, q, batch(1, next, 20), 20)
	if items, _ := q.Peek(10_000); len(items) != int(next)+20 {
		t.Fatalf("%d records, want %d", len(items), next+20)
	}
}

// cost is what storetest.Written gives.
type cost struct{ calls, pages int64 }

func written(t testing.TB) (c cost) {
	c.calls, c.pages = storetest.Written(t)
	return c
}

func (c *cost) since(t testing.TB, before cost) {
	now := written(t)
	c.calls, c.pages = c.calls+now.calls-before.calls, c.pages+now.pages-before.pages
}

// TestBytesWritten bounds what a record costs the card that is put and freed, alone and in batches,
// while nothing else waits and while a week of them does: three pages a commit, and five. What a file
// system calls dirty may be more than what it writes: it counts larger pieces than pages.
func TestBytesWritten(t *testing.T) {
	for _, tc := range []struct {
		waiting, n int
		most       int64 // bytes handed to write calls, to put and free one
	}{{0, 1, 26 << 10}, {0, 8, 6 << 10}, {11 * 64, 1, 46 << 10}, {11 * 64, 8, 9 << 10}, {11 * 64, 64, 3 << 10}} {
		q := open(t, filepath.Join(t.TempDir(), "q"), Options{})
		next := uint32(0)
		fill := func(n int) {
			items := batch(1, next, n)
			for i := range items {
				items[i].Bytes = make([]byte, 600) // a signed record has about that
				items[i].Bytes[0] = byte(i)
			}
			put(t, q, items, n)
			next += uint32(n)
		}
		for range tc.waiting / 64 {
			fill(64)
		}
		const records = 192
		var puts, settles cost
		for range records / tc.n {
			before := written(t)
			fill(tc.n)
			puts.since(t, before)
			items, err := q.Oldest(0, tc.n, 1<<20)
			if err != nil || len(items) != tc.n {
				t.Fatal(len(items), err)
			}
			before = written(t)
			settle(t, q, items)
			settles.since(t, before)
		}
		t.Logf("%3d wait, %2d at a time: %5d bytes written to put and %5d to free a record; %5d and %5d with the file system's own",
			tc.waiting, tc.n, puts.calls/records, settles.calls/records, puts.pages/records, settles.pages/records)
		if each := (puts.calls + settles.calls) / records; each > tc.most || each < 600 {
			t.Errorf("%d wait, %d at a time: %d bytes for each record, want 600 to %d", tc.waiting, tc.n, each, tc.most)
		}
	}
}
