package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk fills a small file system: Update fails clearly, nothing stored is lost, state and
// items stay together, and a later try works.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 250<<10), 0o600); err != nil {
		t.Fatal(err)
	}
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
