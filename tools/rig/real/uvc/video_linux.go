//go:build linux && (amd64 || arm64)

package uvc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/hal/camera/v4l2/abi"
	"tellijn/tools/rig/real/tape"
)

// Requests to the kernel. (Linux, include/uapi/linux/videodev2.h and linux/usb/g_uvc.h; 64-bit machines)
const (
	setFormat      = 0xC0D05605 // VIDIOC_S_FMT
	requestBuffers = 0xC0145608 // VIDIOC_REQBUFS
	streamOn       = 0x40045612 // VIDIOC_STREAMON
	dequeueEvent   = 0x80885659 // VIDIOC_DQEVENT
	sendResponse   = 0x40405501 // UVCIOC_SEND_RESPONSE

	bufVideoOutput = 2          // V4L2_BUF_TYPE_VIDEO_OUTPUT
	firstEvent     = 0x08000000 // UVC_EVENT_FIRST
	disconnected   = firstEvent + 1
	started        = firstEvent + 2
	stopped        = firstEvent + 3
	setup          = firstEvent + 4
	data           = firstEvent + 5
)

// event is struct v4l2_event with what g_uvc.h puts into it.
type event struct {
	Type uint32
	_    uint32
	Data [64]byte
	_    [64]byte
}

// response is struct uvc_request_data.
type response struct {
	Length int32
	Data   [60]byte
}

// buffers is how many frames the kernel may have: one that goes out, and one that waits.
const buffers = 2

// Device is the video device of a camera. It is used from one goroutine.
type Device struct {
	fd     int
	f      tape.Format
	a      *Answers
	tell   func(tape.Message) error
	maps   [][]byte
	number [buffers]uint32
	free   []uint32 // buffers that the kernel does not have
	off    bool
}

// Open opens the video device; tell hears what the host does with the stream.
func Open(path string, f tape.Format, tell func(tape.Message) error) (*Device, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("uvc: %s: %w", path, err)
	}
	d := &Device{fd: fd, f: f, a: NewAnswers(f), tell: tell, off: true}
	for e := uint32(firstEvent); e <= data; e++ {
		s := abi.EventSubscription{Type: e}
		if err := d.ioctl(abi.SubscribeEvent, unsafe.Pointer(&s)); err != nil {
			unix.Close(fd)
			return nil, fmt.Errorf("uvc: %s is no camera of ours: %w", path, err)
		}
	}
	return d, nil
}

func (d *Device) ioctl(request uintptr, arg unsafe.Pointer) error {
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(d.fd), request, uintptr(arg)); e != 0 {
		return e
	}
	return nil
}

// Turn waits at most so many milliseconds for the host, answers it, and hands it the frame if it can take one now. It
// tells whether it took it; the frame's bytes may be used again then.
func (d *Device) Turn(milliseconds int, frame *tape.Message) (took bool, err error) {
	if frame != nil && len(d.free) > 0 && !d.off {
		if err := d.queue(frame); err != nil {
			return false, err
		}
		took = true
	}
	p := []unix.PollFd{{Fd: int32(d.fd), Events: unix.POLLPRI}}
	if !d.off && len(d.free) < buffers {
		p[0].Events |= unix.POLLOUT
	}
	if _, err := unix.Poll(p, milliseconds); err != nil && !errors.Is(err, unix.EINTR) {
		return took, fmt.Errorf("uvc: %w", err)
	}
	if p[0].Revents&unix.POLLPRI != 0 {
		if err := d.event(); err != nil {
			return took, err
		}
	}
	if p[0].Revents&unix.POLLOUT != 0 && !d.off {
		return took, d.dequeue()
	}
	return took, nil
}

// event takes one event and does what it asks for.
func (d *Device) event() error {
	var e event
	if err := d.ioctl(dequeueEvent, unsafe.Pointer(&e)); err != nil {
		return fmt.Errorf("uvc: an event: %w", err)
	}
	switch e.Type {
	case setup:
		r := response{Length: -1} // stalls
		if b := d.a.Setup([8]byte(e.Data[:8])); b != nil {
			r.Length = int32(copy(r.Data[:], b))
		}
		// A host that has asked the next thing already does not wait for this answer.
		_ = d.ioctl(sendResponse, unsafe.Pointer(&r))
	case data:
		n := int32(binary.NativeEndian.Uint32(e.Data[:4]))
		if d.a.Data(e.Data[4 : 4+min(max(n, 0), 60)]) {
			return d.tell(tape.Message{Kind: tape.Held})
		}
	case started:
		return d.begin()
	case stopped, disconnected:
		return d.end()
	}
	return nil
}

// begin begins a stream: the host waits until that is done.
func (d *Device) begin() error {
	if err := d.end(); err != nil {
		return err
	}
	format := abi.Format{Type: bufVideoOutput, Pix: abi.Pix{Width: uint32(d.f.Width), Height: uint32(d.f.Height), Field: abi.FieldNone, FrameBytes: d.f.Largest}}
	format.Pix.Pixel, format.Pix.BytesPerLine = binary.LittleEndian.Uint32([]byte("YUYV")), 2*uint32(d.f.Width)
	if d.f.MJPEG {
		format.Pix.Pixel, format.Pix.BytesPerLine = binary.LittleEndian.Uint32([]byte("MJPG")), 0
	}
	ask := [5]uint32{buffers, bufVideoOutput, abi.MemoryMmap} // struct v4l2_requestbuffers
	kind := uint32(bufVideoOutput)
	if err := errors.Join(d.ioctl(setFormat, unsafe.Pointer(&format)), d.ioctl(requestBuffers, unsafe.Pointer(&ask)), d.mapAll(ask[0]),
		d.ioctl(streamOn, unsafe.Pointer(&kind))); err != nil {
		return fmt.Errorf("uvc: beginning to stream: %w", err)
	}
	d.off = false
	return d.tell(tape.Message{Kind: tape.Started})
}

func (d *Device) mapAll(n uint32) error {
	for i := range min(n, buffers) {
		b := abi.Buffer{Index: i, Type: bufVideoOutput, Memory: abi.MemoryMmap}
		if err := d.ioctl(abi.QueryBuffer, unsafe.Pointer(&b)); err != nil {
			return err
		}
		m, err := unix.Mmap(d.fd, b.MapOffset(), int(b.Length), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		if err != nil {
			return err
		}
		d.maps, d.free = append(d.maps, m), append(d.free, i)
	}
	return nil
}

func (d *Device) queue(frame *tape.Message) error {
	i := d.free[0]
	if len(frame.Body) > len(d.maps[i]) {
		return fmt.Errorf("uvc: a frame of %d bytes, want at most %d", len(frame.Body), len(d.maps[i]))
	}
	copy(d.maps[i], frame.Body)
	b := abi.Buffer{Index: i, Type: bufVideoOutput, Memory: abi.MemoryMmap, BytesUsed: uint32(len(frame.Body)), Field: abi.FieldNone}
	if err := d.ioctl(abi.Queue, unsafe.Pointer(&b)); err != nil {
		return fmt.Errorf("uvc: a frame: %w", err)
	}
	d.free, d.number[i] = d.free[1:], frame.Number
	return nil
}

// dequeue takes a frame back that has left.
func (d *Device) dequeue() error {
	b := abi.Buffer{Type: bufVideoOutput, Memory: abi.MemoryMmap}
	if err := d.ioctl(abi.Dequeue, unsafe.Pointer(&b)); err != nil {
		if errors.Is(err, unix.EAGAIN) {
			return nil
		}
		return fmt.Errorf("uvc: a frame: %w", err)
	}
	clear(d.maps[b.Index])
	d.free = append(d.free, b.Index)
	return d.tell(tape.Message{Kind: tape.Sent, Number: d.number[b.Index]})
}

// end ends a stream, if there is one.
func (d *Device) end() error {
	if len(d.maps) == 0 {
		return nil
	}
	kind := uint32(bufVideoOutput)
	err := d.ioctl(abi.StreamOff, unsafe.Pointer(&kind))
	for _, m := range d.maps {
		clear(m)
		err = errors.Join(err, unix.Munmap(m))
	}
	d.maps, d.free = nil, nil
	none := [5]uint32{0, bufVideoOutput, abi.MemoryMmap}
	if err := errors.Join(err, d.ioctl(requestBuffers, unsafe.Pointer(&none))); err != nil {
		return fmt.Errorf("uvc: ending the stream: %w", err)
	}
	if d.off {
		return nil
	}
	d.off = true
	return d.tell(tape.Message{Kind: tape.Stopped})
}

// Close ends the stream and lets go of the device.
func (d *Device) Close() error { return errors.Join(d.end(), unix.Close(d.fd)) }
