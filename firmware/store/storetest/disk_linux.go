package storetest

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Small gives a folder on a file system of 512 KiB of its own, until the test ends, and a file in it that takes ballast
// bytes of them. Where it cannot be mounted the test is skipped.
func Small(t *testing.T, ballast int) (dir, taken string) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=512k"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	taken = dir + "/ballast"
	if err := os.WriteFile(taken, make([]byte, ballast), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, taken
}

// Written is how many bytes this process has handed to write calls, and how many lie in the pages that it made dirty,
// those of the file system's own included, from proc(5) /proc/pid/io. Without them the test is skipped.
func Written(t testing.TB) (calls, pages int64) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip("no /proc/self/io here: ", err)
	}
	for name, to := range map[string]*int64{"\nwchar: ": &calls, "\nwrite_bytes: ": &pages} {
		_, rest, _ := strings.Cut(string(b), name)
		text, _, _ := strings.Cut(rest, "\n")
		if *to, err = strconv.ParseInt(text, 10, 64); err != nil {
			t.Skip("no number of bytes in /proc/self/io")
		}
	}
	return calls, pages
}
