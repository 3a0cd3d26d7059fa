package firmware_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFullDisk has no room for the queue for a while: it is said, counting goes on, and in the end
// every record is stored.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 176<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	w := start(t, dir, "-speed", "100", "-compress", "900")
	w.hears("queue: store: no room on the disk")
	before := w.shownNow()
	w.until("counting goes on", func() bool { return w.shown > before+100 })
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	w.hears("there is room again")
	if code := w.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if f := disk(t, dir).forward; f != w.forward() {
		t.Fatalf("stored %d forward, shown %d", f, w.forward())
	}
}

// shownNow is the number of states so far.
func (w *warden) shownNow() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.shown
}
