// Package device opens a camera of Linux through github.com/blackjack/webcam and finds the descriptor
// that webcam does not give away. It never reads a frame: it maps buffers and makes requests for
// hal/camera/v4l2, of which it is a part.
package device

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
	"unsafe"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"
)

// Descriptor is the descriptor of an open camera.
type Descriptor struct {
	fd    int
	fds   [1]unix.PollFd
	wait  unix.Timespec
	start time.Time
}

// Ioctl makes one request; the error is a unix.Errno.
func (d *Descriptor) Ioctl(request uint32, arg unsafe.Pointer) error {
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(d.fd), uintptr(request), uintptr(arg)); e != 0 {
		return e
	}
	return nil
}

// Poll waits for a frame or an event and answers the poll flags, 0 after the time.
func (d *Descriptor) Poll(t time.Duration) (int16, error) {
	d.fds[0] = unix.PollFd{Fd: int32(d.fd), Events: unix.POLLIN | unix.POLLPRI}
	d.wait = unix.NsecToTimespec(int64(max(t, 0)))
	n, err := unix.Ppoll(d.fds[:], &d.wait, nil)
	if n == 0 || err != nil {
		return 0, err
	}
	return d.fds[0].Revents, nil
}

// Mmap maps a buffer of the driver.
func (d *Descriptor) Mmap(offset int64, length int) ([]byte, error) {
	return unix.Mmap(d.fd, offset, length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

// Munmap lets go of it.
func (d *Descriptor) Munmap(b []byte) error { return unix.Munmap(b) }

// Now is a monotonic clock.
func (d *Descriptor) Now() time.Duration { return time.Since(d.start) }

// Number is the number of the descriptor.
func (d *Descriptor) Number() int { return d.fd }

// Open opens path through webcam and finds its descriptor.
func Open(path string) (*webcam.Webcam, *Descriptor, error) {
	var want unix.Stat_t
	if err := unix.Stat(path, &want); err != nil {
		return nil, nil, err
	}
	if want.Mode&unix.S_IFMT != unix.S_IFCHR {
		return nil, nil, fmt.Errorf("no character device: %w", unix.ENODEV)
	}
	syscall.ForkLock.RLock() // nobody may start a program before close-on-exec is set
	defer syscall.ForkLock.RUnlock()
	before := descriptors(&want)
	cam, err := webcam.Open(path)
	if err != nil {
		return nil, nil, err
	}
	fd, err := appeared(before, descriptors(&want))
	if err != nil {
		cam.Close()
		return nil, nil, err
	}
	unix.CloseOnExec(fd)
	return cam, &Descriptor{fd: fd, start: time.Now()}, nil
}

// appeared finds the one descriptor that was not there before.
func appeared(before, after map[int]bool) (int, error) {
	found := -1
	for fd := range after {
		if before[fd] {
			continue
		}
		if found >= 0 {
			return -1, fmt.Errorf("descriptors %d and %d appeared at once; open one camera at a time", found, fd)
		}
		found = fd
	}
	if found < 0 {
		return -1, fmt.Errorf("its descriptor is not below %d; open the camera before other files", maxDescriptor)
	}
	return found, nil
}

// maxDescriptor bounds the search; a new descriptor has the lowest free number (open(2)).
const maxDescriptor = 1024

// descriptors lists the open descriptors of one device. It asks for each number instead of reading
// /proc/self/fd, which need not be mounted, and which package os would read with an epoll
// descriptor that stays.
func descriptors(device *unix.Stat_t) map[int]bool {
	fds := make(map[int]bool)
	for fd := range maxDescriptor {
		var st unix.Stat_t
		if unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFCHR && st.Rdev == device.Rdev {
			fds[fd] = true
		}
	}
	return fds
}

// Steady runs f on a stack that will not move: see hal/camera/v4l2.
func Steady(f func()) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC() // ends a collection that may be under way
	deepen(0)
	f()
}

// deepen makes the stack far larger than webcam needs.
//
//go:noinline
func deepen(i int) byte {
	var room [64 << 10]byte
	room[i] = 1
	return room[len(room)-1-i]
}
