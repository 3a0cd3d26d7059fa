package disk

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A disk that is filled takes no byte more, and as much as before when it is freed.
func TestFill(t *testing.T) {
	dir := t.TempDir()
	if err := Mount(dir, 1<<20); err != nil {
		t.Skip(err)
	}
	defer Unmount(dir)
	for range 2 {
		free, err := Fill(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "one"), make([]byte, 1), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("one byte more: %v", err)
		}
		if err := free(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "some"), make([]byte, 512<<10), 0o600); err != nil {
			t.Error(err)
		}
	}
}
