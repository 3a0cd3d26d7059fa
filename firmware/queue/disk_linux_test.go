package queue

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk fills a small file system: Put fails clearly, nothing stored is lost, and a later
// try works.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 300<<10), 0o600); err != nil {
		t.Fatal(err)
	}
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

// written reads how many bytes this process has sent to disk, from proc(5) /proc/pid/io.
func written(t testing.TB) int64 {
	b, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip("no /proc/self/io here: ", err)
	}
	_, rest, _ := strings.Cut(string(b), "\nwrite_bytes: ")
	text, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Skip("no write_bytes in /proc/self/io")
	}
	return n
}

// TestBytesWritten says how much is written for a record that is put and freed, alone and in batches,
// once a week of them waits. The bound is for the wear of a card: it is 20 times below it.
func TestBytesWritten(t *testing.T) {
	for _, n := range []int{1, 8, 64} {
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
		for range 11 {
			fill(64)
		}
		const records = 192
		var puts, settles int64
		for range records / n {
			before := written(t)
			fill(n)
			puts += written(t) - before
			items, err := q.Oldest(0, n, 1<<20)
			if err != nil || len(items) != n {
				t.Fatal(len(items), err)
			}
			before = written(t)
			settle(t, q, items)
			settles += written(t) - before
		}
		each := (puts + settles) / records
		t.Logf("%d at a time: %d bytes written to put and %d to free a record", n, puts/records, settles/records)
		if each > 100<<10 {
			t.Errorf("%d bytes for each record", each)
		}
		if each == 0 {
			t.Skip("this file system writes nothing to a disk")
		}
	}
}
