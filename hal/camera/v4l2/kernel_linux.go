package v4l2

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

// kernel is the descriptor of an open camera.
type kernel interface {
	// ioctl makes one request; the error is a unix.Errno.
	ioctl(request uint32, arg unsafe.Pointer) error
	// poll waits for a frame or an event and answers the poll flags, 0 after the time.
	poll(d time.Duration) (int16, error)
	mmap(offset int64, length int) ([]byte, error)
	munmap(b []byte) error
	// now is a monotonic clock.
	now() time.Duration
}

// opener is the part of webcam.Webcam that is used, with one method by another name.
type opener interface {
	GetSupportedFormats() map[webcam.PixelFormat]string
	GetSupportedFrameSizes(f webcam.PixelFormat) []webcam.FrameSize
	GetSupportedFramerates(f webcam.PixelFormat, width, height uint32) []webcam.FrameRate
	setFormat(f webcam.PixelFormat, width, height uint32) error
	GetControls() map[webcam.ControlID]webcam.Control
	GetControl(id webcam.ControlID) (int32, error)
	SetControl(id webcam.ControlID, value int32) error
	SetBufferCount(count uint32) error
	StartStreaming() error
	StopStreaming() error
	Close() error
}

// opened is an open webcam.
type opened struct{ *webcam.Webcam }

// setFormat sets pixel format and size. What webcam answers is what it was asked for, so only the
// error is of use.
func (o opened) setFormat(f webcam.PixelFormat, width, height uint32) error {
	_, _, _, err := o.SetImageFormat(f, width, height)
	return err
}

type descriptor struct {
	fd    int
	fds   [1]unix.PollFd
	wait  unix.Timespec
	start time.Time
}

func (d *descriptor) ioctl(request uint32, arg unsafe.Pointer) error {
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(d.fd), uintptr(request), uintptr(arg)); e != 0 {
		return e
	}
	return nil
}

func (d *descriptor) poll(t time.Duration) (int16, error) {
	d.fds[0] = unix.PollFd{Fd: int32(d.fd), Events: unix.POLLIN | unix.POLLPRI}
	d.wait = unix.NsecToTimespec(int64(max(t, 0)))
	n, err := unix.Ppoll(d.fds[:], &d.wait, nil)
	if n == 0 || err != nil {
		return 0, err
	}
	return d.fds[0].Revents, nil
}

func (d *descriptor) mmap(offset int64, length int) ([]byte, error) {
	return unix.Mmap(d.fd, offset, length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

func (d *descriptor) munmap(b []byte) error { return unix.Munmap(b) }

func (d *descriptor) now() time.Duration { return time.Since(d.start) }

// openDevice opens path through webcam and finds its descriptor.
func openDevice(path string) (*webcam.Webcam, *descriptor, error) {
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
	return cam, &descriptor{fd: fd, start: time.Now()}, nil
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

// steady runs f on a stack that will not move: see the package comment.
func steady(f func()) {
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
