package v4l2

import (
	"fmt"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/abi"
)

// This file is the half of the fake that plays webcam.

func (f *fake) GetSupportedFormats() map[webcam.PixelFormat]string {
	m := map[webcam.PixelFormat]string{}
	for _, o := range f.offers {
		m[webcam.PixelFormat(o.pixel)] = ""
	}
	return m
}

func (f *fake) GetSupportedFrameSizes(p webcam.PixelFormat) (z []webcam.FrameSize) {
	for _, o := range f.offers {
		if o.pixel == camera.PixelFormat(p) {
			z = append(z, webcam.FrameSize{MinWidth: o.width, MaxWidth: o.width, MinHeight: o.height, MaxHeight: o.height})
		}
	}
	return z
}

func (f *fake) GetSupportedFramerates(p webcam.PixelFormat, w, h uint32) (r []webcam.FrameRate) {
	for _, o := range f.offers {
		if o.pixel == camera.PixelFormat(p) && o.width == w && o.height == h {
			for _, n := range o.rates {
				r = append(r, webcam.FrameRate{MinNumerator: 1, MaxNumerator: 1, MinDenominator: n, MaxDenominator: n})
			}
		}
	}
	return r
}

func (f *fake) setFormat(p webcam.PixelFormat, w, h uint32) error {
	bytesPer := map[camera.PixelFormat]uint32{camera.YUYV: 2, camera.UYVY: 2, camera.MJPEG: 0}
	per, ok := bytesPer[camera.PixelFormat(p)]
	if !ok {
		per = 1
	}
	f.pix = abi.Pix{Width: w, Height: h, Pixel: uint32(p), Field: abi.FieldNone, BytesPerLine: w * per, FrameBytes: max(w*h*per, w*h)}
	if f.adjust != nil {
		f.adjust(&f.pix)
	}
	return f.say("format %v %dx%d", camera.PixelFormat(p), w, h)
}

func (f *fake) GetControls() map[webcam.ControlID]webcam.Control {
	m := map[webcam.ControlID]webcam.Control{}
	for id := range f.controls {
		m[id] = webcam.Control{}
	}
	return m
}

func (f *fake) GetControl(id webcam.ControlID) (int32, error) {
	v, ok := f.controls[id]
	if !ok {
		return 0, unix.EINVAL
	}
	if id == abi.ExposureAbsolute && f.controls[abi.ExposureAuto] != abi.ExposureManual {
		v += int32(min(int(f.frames), f.wander))
	}
	return v, nil
}

func (f *fake) SetControl(id webcam.ControlID, v int32) error {
	if err := f.say("control %#x=%d", int(id), v); err != nil {
		return err
	}
	if !f.stubborn[id] {
		f.controls[id] = v
	}
	if id == abi.ExposureAuto && f.falls != 0 {
		f.controls[abi.ExposureAbsolute] = f.falls
	}
	return nil
}

func (f *fake) SetBufferCount(n uint32) error {
	f.count = n
	return nil
}

func (f *fake) StartStreaming() error {
	if err := f.say("start %d", f.count); err != nil {
		return fmt.Errorf("Failed to start streaming: %s", err) // webcam drops the number
	}
	if f.insist > 0 {
		f.count = f.insist
	}
	for i := range f.count {
		f.bufs = append(f.bufs, make([]byte, int(f.pix.FrameBytes)+f.extra))
		f.queued = append(f.queued, i)
	}
	f.running = true
	return nil
}

func (f *fake) StopStreaming() error { return f.say("webcam stops") }
func (f *fake) Close() error         { return f.say("webcam closes") }
