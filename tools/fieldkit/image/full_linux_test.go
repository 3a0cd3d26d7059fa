package image

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFull writes to a disk that is too small.
func TestFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mounting needs root")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no memory disk can be mounted here: %s", out)
	}
	defer func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}()
	_, err := small(t).write(t.Context(), filepath.Join(dir, "card.img"), func(string, ...any) {})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "make room in") {
		t.Errorf("%v, want that the disk is full", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
