package device

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// The camera's descriptor is the one that appears: here /dev/null plays the camera.
func TestDescriptorIsFound(t *testing.T) {
	var null unix.Stat_t
	if err := unix.Stat("/dev/null", &null); err != nil {
		t.Fatal(err)
	}
	openPath := func(path string) *os.File {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	open := func() *os.File { return openPath("/dev/null") }
	other := open()
	defer other.Close()
	list := func() map[int]bool { return descriptors(&null) }
	before := list()
	if !before[int(other.Fd())] {
		t.Errorf("descriptor %d of /dev/null does not show in %v", other.Fd(), before)
	}
	if _, err := appeared(before, list()); err == nil {
		t.Error("one appeared before any was opened")
	}
	cam, stranger := open(), openPath("/dev/zero")
	defer cam.Close()
	defer stranger.Close()
	if fd, err := appeared(before, list()); err != nil || fd != int(cam.Fd()) {
		t.Errorf("found %d, %v, want %d", fd, err, cam.Fd())
	}
	second := open()
	defer second.Close()
	if _, err := appeared(before, list()); err == nil {
		t.Error("two appeared, and one was chosen")
	}
}
