package v4l2

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/abi"
	"tellijn/hal/camera/v4l2/locks"
)

// maxMaps bounds the buffers of a driver that insists on more than asked for.
const maxMaps = 8

// kernel is the descriptor of an open camera.
type kernel interface {
	// Ioctl makes one request; the error is a unix.Errno.
	Ioctl(request uint32, arg unsafe.Pointer) error
	// Poll waits for a frame or an event and answers the poll flags, 0 after the time.
	Poll(d time.Duration) (int16, error)
	Mmap(offset int64, length int) ([]byte, error)
	Munmap(b []byte) error
	// Now is a monotonic clock.
	Now() time.Duration
	// Number is the number of the descriptor.
	Number() int
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

// Source is a running camera; see camera.Source. Use Open.
type Source struct {
	cam       opener
	k         kernel
	fd        int
	driver    string
	format    camera.Format
	timeout   time.Duration
	late      error // made beforehand: a camera that is late must not cost allocations
	maps      [maxMaps][]byte
	n         int
	buf       abi.Buffer // lives here so that the kernel's pointer to it is to the heap
	lent      int        // buffer on loan, -1 for none
	since     time.Duration
	any       bool
	last      uint32
	shift     uint32
	gone      error
	streaming bool
	closed    bool
	locks     *locks.Locks
}

// Format is what the driver set.
func (s *Source) Format() camera.Format { return s.format }

// Descriptor is the number of the open descriptor, for a filter of system calls.
func (s *Source) Descriptor() int { return s.fd }

// Driver is the name that the kernel driver gives itself, such as "uvcvideo".
func (s *Source) Driver() string { return s.driver }

// Locks says what became of frame rate, mains, exposure, gain, white balance and focus.
func (s *Source) Locks() []Lock { return s.locks.List() }

// Borrow waits for the next frame, no longer than the timeout.
func (s *Source) Borrow(f *camera.Frame) error {
	switch {
	case s.closed:
		return camera.ErrClosed
	case s.lent >= 0:
		return fmt.Errorf("v4l2: %w: the last frame was not returned", camera.ErrLoan)
	case s.gone != nil:
		return s.gone
	}
	if err := s.dequeue(); err != nil {
		return err
	}
	now := s.k.Now()
	i := int(s.buf.Index)
	if s.buf.Index >= uint32(s.n) || int(s.buf.Length) != len(s.maps[i]) {
		return s.fail("driver handed out buffer %d of %d bytes, which it never mapped", s.buf.Index, s.buf.Length)
	}
	n, damaged := int(s.buf.BytesUsed), s.buf.Flags&abi.BufFlagError != 0
	if s.buf.BytesUsed > s.buf.Length {
		n, damaged = 0, true
	}
	*f = camera.Frame{Data: s.maps[i][:n], Sequence: s.count(s.buf.Sequence), Damaged: damaged || s.format.Short(n), Borrowed: now, Buffer: i}
	s.lent, s.since = i, now
	return nil
}

// dequeue waits for a filled buffer. Signals, of which the runtime sends itself some, do not end
// the wait, and do not prolong it.
func (s *Source) dequeue() error {
	deadline := s.k.Now() + s.timeout
	for {
		left := deadline - s.k.Now()
		if left < 0 {
			return s.late
		}
		flags, err := s.k.Poll(left)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return s.fail("waiting for a frame: %w", err)
		case flags == 0:
			return s.late
		case flags&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0:
			return s.fail("unplugged, or stopped by its driver (poll flags %#x)", flags)
		case flags&unix.POLLPRI != 0:
			return s.changed()
		}
		s.buf = abi.Buffer{Type: abi.BufVideoCapture, Memory: abi.MemoryMmap}
		switch err := s.k.Ioctl(abi.Dequeue, unsafe.Pointer(&s.buf)); err {
		case nil:
			return nil
		case unix.EAGAIN, unix.EINTR:
		case unix.EPIPE: // V4L2 spec, VIDIOC_DQBUF: the last buffer before a change of format
			return s.changed()
		default:
			return s.fail("taking a frame: %w", err)
		}
	}
}

// count turns the driver's frame number into one that never goes back: some drivers begin anew, and
// some leave it at zero.
func (s *Source) count(sequence uint32) uint32 {
	q := sequence + s.shift
	if s.any && int32(q-s.last) <= 0 {
		s.shift += s.last + 1 - q
		q = s.last + 1
	}
	s.any, s.last = true, q
	return q
}

// fail makes the camera gone for good.
func (s *Source) fail(format string, a ...any) error {
	s.gone = fmt.Errorf("v4l2: %w: %w", camera.ErrGone, fmt.Errorf(format, a...))
	return s.gone
}

func (s *Source) changed() error {
	s.gone = fmt.Errorf("v4l2: %w: the camera changed its format while it ran; open it anew", camera.ErrFormat)
	return s.gone
}

// Return wipes the whole buffer, through to the padding behind the payload, and gives it back.
func (s *Source) Return(f *camera.Frame) (time.Duration, error) {
	if s.closed {
		*f = camera.Frame{}
		return 0, camera.ErrClosed
	}
	if s.lent < 0 || f.Buffer != s.lent {
		return 0, fmt.Errorf("v4l2: %w: buffer %d is not on loan", camera.ErrLoan, f.Buffer)
	}
	clear(s.maps[s.lent])
	life := max(0, s.k.Now()-s.since)
	s.buf = abi.Buffer{Index: uint32(s.lent), Type: abi.BufVideoCapture, Memory: abi.MemoryMmap}
	s.lent = -1
	*f = camera.Frame{}
	if s.gone != nil { // the driver is not there to take it
		return life, nil
	}
	if err := s.k.Ioctl(abi.Queue, unsafe.Pointer(&s.buf)); err != nil {
		return life, s.fail("giving a frame back: %w", err)
	}
	return life, nil
}

// Close stops the driver, wipes every buffer, unmaps and closes, in this order: a driver that still
// ran would fill what was wiped.
func (s *Source) Close() error {
	if s.closed {
		return nil
	}
	s.closed, s.lent = true, -1
	var errs []error
	if s.streaming {
		kind := uint32(abi.BufVideoCapture)
		errs = append(errs, s.k.Ioctl(abi.StreamOff, unsafe.Pointer(&kind)))
		for i := range s.n {
			clear(s.maps[i])
		}
		for i := range s.n {
			errs = append(errs, s.k.Munmap(s.maps[i]))
			s.maps[i] = nil
		}
		errs = append(errs, s.cam.StopStreaming())
	}
	errs = append(errs, s.cam.Close())
	for i, err := range errs {
		if errors.Is(err, unix.ENODEV) { // an unplugged camera cannot be told to stop, and has
			errs[i] = nil
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("v4l2: closing: %w", err)
	}
	return nil
}
