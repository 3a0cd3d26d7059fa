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

func BenchmarkPut(b *testing.B) {
	for _, n := range []int{1, 10, 60} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			q := open(b, filepath.Join(b.TempDir(), "q"), Options{})
			next, before := uint32(0), written(b)
			for b.Loop() {
				put(b, q, batch(1, next, n), n)
				next += uint32(n)
			}
			b.ReportMetric(float64(written(b)-before)/float64(next), "B/record")
		})
	}
}
