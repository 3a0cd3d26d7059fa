// Package mediumtest makes cards out of files, for tests: a loop device of its own over a file that the test
// can look into, damage and take away. It never touches a device that it did not make.
package mediumtest

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Loop is a loop device over a file.
type Loop struct {
	Path string // of the device, such as /dev/loop3
	file string
	dev  *os.File
}

// Attach puts a free loop device over the file at path, and takes it away at the end of the test. It skips
// the test where that cannot be done.
func Attach(t testing.TB, path string) *Loop {
	t.Helper()
	l, err := attach(path)
	if err != nil {
		t.Skip("a loop device needs Linux and root: ", err)
	}
	t.Cleanup(l.Detach)
	return l
}

func attach(path string) (*Loop, error) {
	back, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer back.Close()
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer control.Close()
	for range 100 { // other tests take the free one between asking and taking
		n, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			return nil, err
		}
		l := &Loop{Path: fmt.Sprintf("/dev/loop%d", n), file: path}
		if l.dev, err = os.OpenFile(l.Path, os.O_RDWR, 0); err != nil {
			return nil, err
		}
		err = unix.IoctlLoopConfigure(int(l.dev.Fd()), &unix.LoopConfig{Fd: uint32(back.Fd())})
		if err == nil {
			// Whoever had the device before may have left it read only, which outlives the file.
			_ = unix.IoctlSetPointerInt(int(l.dev.Fd()), unix.BLKROSET, 0)
			return l, nil
		}
		l.dev.Close()
		if !errors.Is(err, unix.EBUSY) {
			return nil, err
		}
	}
	return nil, errors.New("no free loop device")
}

// Pull leaves nothing of the device to whoever has it open, as when a card is pulled out: from the byte at
// least on every access fails.
func (l *Loop) Pull(least int64) error {
	if err := os.Truncate(l.file, least); err != nil {
		return err
	}
	return unix.IoctlSetInt(int(l.dev.Fd()), unix.LOOP_SET_CAPACITY, 0)
}

// Detach takes the device away once nobody has it open.
func (l *Loop) Detach() {
	if l.dev == nil {
		return
	}
	_ = unix.IoctlSetInt(int(l.dev.Fd()), unix.LOOP_CLR_FD, 0)
	l.dev.Close()
	l.dev = nil
}
