// Package v4l2 is the driver for cameras that Linux shows as /dev/video*: USB cameras (UVC) first.
// It never keeps, copies or exports a frame, and after Open it makes no other request than to
// take a buffer, give it back, and stop. It is the first stage of the data path on a board:
// hal/camera/v4l2 -> counting/luma.
//
// github.com/blackjack/webcam v0.6.1 opens, lists formats and controls, sets the pixel format and
// starts the stream. From there the package works by itself on the same descriptor, which webcam
// does not give away: it is the one that appears while webcam opens, and that fstat shows to be the
// same device. The frame buffers are not given away either, so they are mapped a second time, at
// the offsets that the driver names; both mappings are the same memory, and a wipe through one is a
// wipe of the other.
//
// What webcam does otherwise, and how it is avoided here:
//
//   - It asks for 256 buffers. SetBufferCount is called first, with 2 to 4.
//   - ReadFrame gives the buffer back before the caller reads it, and GetFrame drops the error flag
//     and the sequence number, trusts the driver's index and length, and allocates. Neither is
//     called: Borrow dequeues by itself and checks every field.
//   - StopStreaming unmaps without wiping, and before the driver has stopped. Close first stops the
//     driver, then wipes every buffer, then unmaps, then closes.
//   - Open sets no close-on-exec. It is set before any other program can be started.
//   - Open accepts the metadata node of a USB camera, since it looks at the whole device. The
//     capabilities of the node itself are read, and the node refused.
//   - SetImageFormat answers the size asked for, not the one set, and no stride. Both are read back.
//   - Frame rates pass through a float. The exact fraction is set, and read back.
//   - Sizes of "continuous" cameras come out as zero. The wished size is tried.
//   - StartStreaming that fails leaves its buffers mapped, and drops the error number. The camera
//     is closed then; the buffers never held a frame.
//   - Addresses of variables travel as bare integers, which are wrong once the stack moves. Every
//     call into webcam before the stream runs happens on a stack grown beforehand, while the
//     collector, which alone makes stacks smaller, is held.
//
// System calls of a running source: Borrow makes ppoll and ioctl(abi.Dequeue), Return makes
// ioctl(abi.Queue), Close makes ioctl(abi.StreamOff), munmap and close. The clock is time.Since,
// which is no system call where the kernel offers its clock to programs (vdso(7)).
package v4l2

import (
	"fmt"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/v4l2/locks"
)

// Options are wishes; Format tells what came of them. The zero value is a sensible camera.
type Options struct {
	// Width and Height in pixels; 0 means 640x480, enough for a door.
	Width, Height int
	// Interval between frames; 0 means 1/30 s.
	Interval time.Duration
	// Accept lists pixel formats, best first. nil means YUYV, UYVY, NV12, YU12, GREY, MJPEG.
	Accept []camera.PixelFormat
	// Buffers in the kernel, 2 to 4; 0 means 3. Each is a frame that a crash leaves behind, so
	// there should be few.
	Buffers int
	// Timeout of Borrow; 0 means 2 s. An unplugged camera is noticed at once, without it.
	Timeout time.Duration
	// Settle bounds the frames that pass, wiped and uncounted, before exposure and its like are
	// locked at what the camera found by itself; 0 means 60, -1 locks nothing.
	Settle int
	// Guard is told of each frame that passes while the camera settles: Arm with Life when it is
	// taken, Disarm when it is wiped. Whoever borrows afterwards tells it by himself. nil is told
	// nothing.
	Guard interface {
		Arm(d time.Duration) error
		Disarm() error
	}
	// Life is how long a frame may live, for Guard.
	Life time.Duration
	// Before is called once, when the camera is open and its format is set, with its descriptor:
	// the next request makes the buffers, and the one after lets frames flow into them. A program
	// confines itself there. From then on nothing is opened, and the requests are those for
	// buffers, frames and controls. Its error ends Open and comes back as it is. nil is not called.
	Before func(descriptor int) error
	// Mains is the frequency of the lamps in Hz, 50 or 60, against flicker; 0 leaves it.
	Mains int
}

// Limits of Options.
const (
	MinBuffers = 2
	MaxBuffers = 4
	maxSettle  = 600
)

// filled checks the options and puts the defaults in.
func (o Options) filled() (Options, error) {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&o.Width, 640)
	def(&o.Height, 480)
	def(&o.Buffers, 3)
	def(&o.Settle, 60)
	if o.Interval == 0 {
		o.Interval = time.Second / 30
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Second
	}
	if o.Accept == nil {
		o.Accept = []camera.PixelFormat{camera.YUYV, camera.UYVY, camera.NV12, camera.YU12, camera.GREY, camera.MJPEG}
	}
	wish := camera.Format{Pixel: camera.MJPEG, Width: o.Width, Height: o.Height, Interval: o.Interval}
	switch {
	case wish.Check() != nil:
		return o, fmt.Errorf("v4l2: wish for %dx%d every %v: %w", o.Width, o.Height, o.Interval, wish.Check())
	case o.Buffers < MinBuffers || o.Buffers > MaxBuffers:
		return o, fmt.Errorf("v4l2: %d buffers, want %d to %d", o.Buffers, MinBuffers, MaxBuffers)
	case o.Timeout < 10*time.Millisecond || o.Timeout > time.Minute:
		return o, fmt.Errorf("v4l2: timeout %v, want 10 ms to 1 min", o.Timeout)
	case o.Settle < -1 || o.Settle > maxSettle:
		return o, fmt.Errorf("v4l2: settle for %d frames, want -1 to %d", o.Settle, maxSettle)
	case o.Guard != nil && o.Life <= 0:
		return o, fmt.Errorf("v4l2: a guard over frames that live %v, want more than 0", o.Life)
	case o.Mains != 0 && o.Mains != 50 && o.Mains != 60:
		return o, fmt.Errorf("v4l2: mains frequency %d Hz, want 50, 60, or 0 to leave it", o.Mains)
	}
	return o, nil
}

// Lock says what became of one automatic control of the camera.
type Lock = locks.Lock
