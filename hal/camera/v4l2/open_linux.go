package v4l2

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unsafe"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"

	"tellijn/hal"
	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/abi"
	"tellijn/hal/camera/v4l2/device"
	"tellijn/hal/camera/v4l2/locks"
)

// Open opens the camera at path, such as /dev/video0, settles it and leaves the stream running. It
// must be called before the program confines itself, or confine it from Before. It takes as long as the camera takes to
// settle, about two seconds.
func Open(path string, o Options) (*Source, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	var s *Source
	device.Steady(func() {
		cam, d, e := device.Open(path)
		if e != nil {
			err = explain(path, e)
			return
		}
		if s, err = bring(opened{cam}, d, o); err != nil {
			s, err = nil, explain(path, err)
			return
		}
	})
	return s, err
}

// stopped is an error of whoever was asked before the stream starts. It is not about the camera.
type stopped struct{ error }

// explain adds the path and what to do about it.
func explain(path string, err error) error {
	if s, ok := err.(stopped); ok {
		return s.error
	}
	hint := ""
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV),
		errors.Is(err, unix.ENOTTY), errors.Is(err, unix.ENOSYS):
		return fmt.Errorf("v4l2: %q: %w: %w; is the camera plugged in?", path, err, hal.ErrAbsent)
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		hint = "; add the user to the group that owns it, usually video"
	case errors.Is(err, unix.EBUSY), strings.Contains(err.Error(), unix.EBUSY.Error()):
		hint = "; another program holds the camera"
	case strings.Contains(err.Error(), unix.ENOSPC.Error()):
		hint = "; the USB bus has no room for this format: accept MJPEG, or wish for a smaller size"
	case strings.Contains(err.Error(), "Not a video capture device"):
		return fmt.Errorf("v4l2: %q: %w: %w; cameras of several planes, and codecs, are not supported; a USB camera is",
			path, err, camera.ErrFormat)
	}
	return fmt.Errorf("v4l2: %q: %w%s", path, err, hint)
}

// bring takes an open camera to a running, settled stream. On an error everything is let go.
func bring(cam opener, k kernel, o Options) (*Source, error) {
	s := &Source{cam: cam, k: k, fd: k.Number(), lent: -1, timeout: o.Timeout}
	s.late = fmt.Errorf("v4l2: %w: %v passed", camera.ErrTimeout, o.Timeout)
	if err := s.bring(o); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Source) bring(o Options) error {
	if err := s.capture(); err != nil {
		return err
	}
	if err := s.negotiate(o); err != nil {
		return err
	}
	s.prepare(o)
	if err := s.cam.SetBufferCount(uint32(o.Buffers)); err != nil {
		return err
	}
	if o.Before != nil {
		if err := o.Before(s.fd); err != nil {
			return stopped{err}
		}
	}
	if err := s.cam.StartStreaming(); err != nil {
		return err
	}
	s.streaming = true
	if err := s.mapAll(); err != nil {
		return err
	}
	event := abi.EventSubscription{Type: abi.EventSource}
	s.k.Ioctl(abi.SubscribeEvent, unsafe.Pointer(&event)) // most cameras have no such event
	return s.settle(o)
}

// capture refuses nodes that give no frames: USB cameras have a second one for metadata.
func (s *Source) capture() error {
	var c abi.Capability
	if err := s.k.Ioctl(abi.QueryCap, unsafe.Pointer(&c)); err != nil {
		return fmt.Errorf("capabilities: %w", err)
	}
	caps := c.Capabilities
	if caps&abi.CapDevice != 0 {
		caps = c.DeviceCaps
	}
	name, _, _ := bytes.Cut(c.Driver[:], []byte{0})
	s.driver = string(name)
	switch {
	case caps&abi.CapCapture != 0:
		return nil
	case caps&abi.CapMeta != 0:
		return fmt.Errorf("%w: this is the metadata node of the camera; take the /dev/video with the next lower number", camera.ErrFormat)
	case caps&abi.CapCapturePlane != 0:
		return fmt.Errorf("%w: frames of several planes; use a USB camera", camera.ErrFormat)
	}
	return fmt.Errorf("%w: the device gives no frames (capabilities %#x); try another /dev/video", camera.ErrFormat, caps)
}

// maxLength bounds one buffer: 4096x4096 pixels of 2 bytes, twice over for padding.
const maxLength = 4 * camera.MaxSide * camera.MaxSide

// mapAll maps every buffer that the driver made, however many were asked for.
func (s *Source) mapAll() error {
	for i := range uint32(abi.FrameMax) + 1 {
		b := abi.Buffer{Index: i, Type: abi.BufVideoCapture, Memory: abi.MemoryMmap}
		if err := s.k.Ioctl(abi.QueryBuffer, unsafe.Pointer(&b)); err != nil {
			if i >= MinBuffers && errors.Is(err, unix.EINVAL) { // there are no more
				return nil
			}
			return fmt.Errorf("buffer %d: %w", i, err)
		}
		if i >= uint32(len(s.maps)) {
			return fmt.Errorf("%w: the driver made more than %d buffers", camera.ErrFormat, len(s.maps))
		}
		if int64(b.Length) < int64(max(s.format.LumaSize(), 1)) || b.Length > maxLength {
			return fmt.Errorf("%w: buffer %d has %d bytes, the format needs %d", camera.ErrFormat, i, b.Length, s.format.LumaSize())
		}
		m, err := s.k.Mmap(b.MapOffset(), int(b.Length))
		if err != nil {
			return fmt.Errorf("mapping buffer %d: %w", i, err)
		}
		s.maps[i] = m
		s.n++
	}
	return nil
}

// controls gives a camera's controls by their bare numbers.
type controls struct{ cam opener }

func (c controls) Control(id uint32) (int32, error) { return c.cam.GetControl(webcam.ControlID(id)) }

func (c controls) SetControl(id uint32, v int32) error {
	return c.cam.SetControl(webcam.ControlID(id), v)
}

// prepare sets what must hold before the camera settles.
func (s *Source) prepare(o Options) {
	var offered []uint32
	for id := range s.cam.GetControls() {
		offered = append(offered, uint32(id))
	}
	s.locks = locks.Prepare(controls{s.cam}, offered, o.Settle < 0, o.Mains)
}

// settleTimeouts is how often a camera may be late before its controls are locked as they are.
const settleTimeouts = 3

// settle lets frames pass until the automatic controls stand still, then locks them.
func (s *Source) settle(o Options) error {
	var f camera.Frame
	late, still := 0, 0
	last := s.locks.Values()
	var moved locks.Values
	automatic := s.locks.Automatic()
	for i := 0; i < o.Settle && automatic && still < settled && late < settleTimeouts; i++ {
		err := s.Borrow(&f)
		if errors.Is(err, camera.ErrTimeout) {
			late++
			continue
		}
		if err != nil {
			return err
		}
		if err := s.pass(&f, o); err != nil {
			return err
		}
		still++
		now := s.locks.Values()
		for a := range now {
			if now[a] != last[a] {
				moved[a] = 1
			}
		}
		if now != last {
			last, still = now, 0
		}
	}
	s.locks.Hold(moved)
	return nil
}

// pass gives a frame back at once, under the eyes of the guard. After an error the caller closes, which
// wipes everything.
func (s *Source) pass(f *camera.Frame, o Options) error {
	if o.Guard != nil {
		if err := o.Guard.Arm(o.Life); err != nil {
			return err
		}
	}
	_, err := s.Return(f)
	if o.Guard != nil {
		if gerr := o.Guard.Disarm(); err == nil {
			err = gerr
		}
	}
	return err
}

// settled is how many frames in a row the controls must have kept their values: cameras adjust
// every few frames.
const settled = 12

// interval reads a frame interval back, or falls back on what was asked for.
func interval(p *abi.StreamParm, asked time.Duration) time.Duration {
	if p.Numerator == 0 || p.Denominator == 0 {
		return asked
	}
	return time.Duration(uint64(p.Numerator) * uint64(time.Second) / uint64(p.Denominator))
}
