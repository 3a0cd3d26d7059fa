package medium

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Open opens the card at path for nobody else: while it is open nothing on it can be mounted. It wraps
// ErrBusy when something is.
func Open(path string) (*Medium, error) {
	m, err := open(path, true)
	if errors.Is(err, syscall.EINVAL) { // a driver that cannot do it
		return open(path, false)
	}
	return m, err
}

func open(path string, direct bool) (*Medium, error) {
	m := &Medium{whole: true, direct: direct}
	flags := os.O_RDWR | syscall.O_EXCL | syscall.O_CLOEXEC // O_EXCL without O_CREAT claims a block device (open(2))
	if direct {
		flags |= syscall.O_DIRECT
	}
	f, err := os.OpenFile(path, flags, 0)
	switch {
	case errors.Is(err, syscall.EBUSY):
		return nil, fmt.Errorf("%w: %s; hint: something on it is mounted, eject it in the file manager", ErrBusy, path)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("medium: %w; hint: go build -o fieldkit ./tools/fieldkit, and then sudo ./fieldkit with the same words", err)
	case err != nil:
		return nil, fmt.Errorf("medium: %w", err)
	}
	if err := m.begin(f); err != nil {
		f.Close()
		return nil, err
	}
	return m, nil
}

func (m *Medium) begin(f *os.File) (err error) {
	m.f = f
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("medium: %w", err)
	}
	if info.Mode().Type() != os.ModeDevice {
		return fmt.Errorf("medium: %s is no drive", f.Name())
	}
	if m.size, err = f.Seek(0, io.SeekEnd); err != nil {
		return fmt.Errorf("medium: size of %s: %w", f.Name(), err)
	}
	if m.buffer, err = unix.Mmap(-1, 0, piece, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON); err != nil {
		return fmt.Errorf("medium: %w", err)
	}
	return nil
}

// Flush returns when the card has taken everything that was written, as far as it says so, and the computer
// has forgotten its copies.
func (m *Medium) Flush() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.f.Sync(); err != nil {
		return fmt.Errorf("medium: flushing: %w", err)
	}
	if m.direct {
		return nil
	}
	if err := unix.Fadvise(int(m.f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		return fmt.Errorf("medium: posix_fadvise: %w", err)
	}
	return nil
}

// Discard tells the card that nobody needs what is on it between two offsets in bytes. Many cards cannot
// take that; then the error says so, and nothing has happened.
func (m *Medium) Discard(from, to int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.whole {
		return fmt.Errorf("medium: discarding: %w", errors.ErrUnsupported)
	}
	span := [2]uint64{uint64(from), uint64(to - from)}
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, m.f.Fd(), unix.BLKDISCARD, uintptr(unsafe.Pointer(&span))); e != 0 {
		return fmt.Errorf("medium: discarding: %w", e)
	}
	return nil
}

// Reread has the computer look at the partitions anew, so that it shows what is there now.
func (m *Medium) Reread() {
	if m.whole {
		_, _ = unix.IoctlRetInt(int(m.f.Fd()), unix.BLKRRPART) // it looks once the card is put in again, too
	}
}

// Unmount takes a mounted file system out of use. It fails while a program has a file of it open.
func Unmount(at string) error {
	if err := unix.Unmount(at, unix.UMOUNT_NOFOLLOW); err != nil {
		return fmt.Errorf("medium: unmounting %s: %w; hint: close what is open there, or eject it in the file manager", at, err)
	}
	return nil
}

func (m *Medium) close() error {
	err := m.f.Close()
	if m.whole && m.buffer != nil {
		err = errors.Join(err, unix.Munmap(m.buffer))
	}
	m.buffer = nil
	return err
}
