package camera

import (
	"fmt"
	"time"
)

// PixelFormat is a V4L2 four-character code, first letter in the low byte
// (V4L2 spec, VIDIOC_ENUM_FMT, v4l2_fourcc).
type PixelFormat uint32

// The formats that real cameras deliver and that counting/luma reads.
const (
	YUYV  PixelFormat = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24 // 4:2:2 packed, luma at even bytes
	UYVY  PixelFormat = 'U' | 'Y'<<8 | 'V'<<16 | 'Y'<<24 // 4:2:2 packed, luma at odd bytes
	NV12  PixelFormat = 'N' | 'V'<<8 | '1'<<16 | '2'<<24 // luma plane, then interleaved chroma
	YU12  PixelFormat = 'Y' | 'U'<<8 | '1'<<16 | '2'<<24 // luma plane, then two chroma planes
	GREY  PixelFormat = 'G' | 'R'<<8 | 'E'<<16 | 'Y'<<24 // luma plane only
	MJPEG PixelFormat = 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24 // one JPEG a frame
)

// MaxSide bounds width and height in pixels: larger frames gain nothing for counting and would
// break the bound on lane sums in counting/luma.
const MaxSide = 4096

// String gives the four characters.
func (p PixelFormat) String() string {
	b := [4]byte{byte(p), byte(p >> 8), byte(p >> 16), byte(p >> 24)}
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '?'
		}
	}
	return string(b[:])
}

// Format is what a source delivers.
type Format struct {
	Pixel         PixelFormat
	Width, Height int           // pixels
	Stride        int           // bytes from one row of luma to the next; 0 for MJPEG
	Interval      time.Duration // nominal time between frames
}

// Check tells whether frames of this format can be read, and why not.
func (f Format) Check() error {
	if f.Width < 8 || f.Height < 8 || f.Width > MaxSide || f.Height > MaxSide {
		return fmt.Errorf("%w: size %dx%d, want 8 to %d pixels a side", ErrFormat, f.Width, f.Height, MaxSide)
	}
	if f.Interval < time.Millisecond || f.Interval > 10*time.Second {
		return fmt.Errorf("%w: frame interval %v, want 1 ms to 10 s", ErrFormat, f.Interval)
	}
	least := 0
	switch f.Pixel {
	case YUYV, UYVY:
		least = 2 * f.Width
	case NV12, YU12, GREY:
		least = f.Width
	case MJPEG:
		return nil
	default:
		return fmt.Errorf("%w: pixel format %q, want YUYV, UYVY, NV12, YU12, GREY or MJPG", ErrFormat, f.Pixel)
	}
	if f.Stride < least || f.Stride > 8*MaxSide {
		return fmt.Errorf("%w: stride %d bytes for %d pixels of %s, want at least %d",
			ErrFormat, f.Stride, f.Width, f.Pixel, least)
	}
	return nil
}

// LumaSize is the least number of payload bytes that holds every luma sample, 0 for MJPEG. The last
// row may lack its padding, and chroma behind the luma plane is never read.
func (f Format) LumaSize() int {
	switch f.Pixel {
	case YUYV, UYVY:
		return f.Stride*(f.Height-1) + 2*f.Width
	case NV12, YU12, GREY:
		return f.Stride*(f.Height-1) + f.Width
	}
	return 0
}

// Short tells that n payload bytes are empty or too few for this format, so that the frame is
// damaged. For MJPEG four bytes are the least: its start and end markers (ITU-T T.81, B.1.1.3).
func (f Format) Short(n int) bool {
	if f.Pixel == MJPEG {
		return n < 4
	}
	return n < f.LumaSize() || n == 0
}
