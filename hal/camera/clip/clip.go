// Package clip is a camera.Source over a recorded clip: AVI with MJPEG frames, or YUV4MPEG2 (Y4M)
// of which only the luma rows are read. It is for the tools, which measure the counting on clips
// whose truth is known; the device never links it, and it never writes, decodes or keeps a frame.
// It stands where a driver stands: hal/camera/clip -> (hal/camera/feed ->) counting/luma.
package clip

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/lender"
)

// Errors that a caller branches on.
var (
	// ErrBroken is wrapped when a file is cut off or contradicts itself. Open answers it when not
	// one frame can be reached; otherwise Borrow answers it after the last good frame.
	ErrBroken = errors.New("clip: file is broken")
	// ErrInterval is wrapped by Open when neither the file nor the options give a frame rate.
	ErrInterval = errors.New("clip: frame rate unknown")
)

// MaxFrame bounds one MJPEG frame in bytes; 4096x4096 pixels at high quality stay below. A larger
// one is lent empty and damaged, so that the count of frames stays right.
const MaxFrame = 8 << 20

// Options say what the file cannot.
type Options struct {
	// Interval between frames. 0 takes what the file says, anything else replaces it.
	Interval time.Duration
	// Gaps lends the frames that were dropped when recording (no bytes in the file: players
	// repeat the frame before) as damaged frames with a Sequence of their own. Without it they
	// are passed over, and Sequence is the index among the frames that can be decoded, which is
	// how other decoders and notes taken by eye number them.
	Gaps bool
	// Wait is called before each frame is read, with the time since the first frame at which
	// it is due, gaps included; its error is answered by Borrow. nil plays as fast as the
	// frames are taken.
	Wait func(due time.Duration) error
	// Clock is a monotonic clock for Frame.Borrowed and the lifetimes. nil dates each frame at
	// the time it is due, and all lifetimes are 0.
	Clock func() time.Duration
}

// span is one frame in the file. n is 0 for a frame that was dropped when recording.
type span struct {
	at int64
	n  int64
}

// container finds the frames of a file in order. next answers io.EOF at the honest end of the file
// and an error wrapping ErrBroken where it cannot go on.
type container interface {
	format() camera.Format
	next() (span, error)
	rewind()
}

// Clip is an open clip. Frames carry their zero-based index as Sequence; see Options.Gaps.
type Clip struct {
	r       io.ReaderAt
	file    io.Closer
	frames  container
	format  camera.Format
	opts    Options
	lender  *lender.Lender
	count   int
	largest int
	index   uint32 // Sequence of the next frame
	slot    int64  // its place in the file, gaps included
	ahead   span   // the frame found by the last call
	found   bool   // and not read yet
	end     error
}

// Open opens the file at path.
func Open(path string, o Options) (*Clip, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("clip: %w", err)
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fmt.Errorf("clip: %q is no regular file; a clip is read twice, so a pipe cannot be", path)
	}
	var c *Clip
	if err == nil {
		c, err = NewReader(f, st.Size(), o)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	c.file = f
	return c, nil
}

// NewReader reads a clip of size bytes from r. It goes through the file once to count the frames.
func NewReader(r io.ReaderAt, size int64, o Options) (*Clip, error) {
	c := &Clip{r: r, opts: o}
	var err error
	if c.frames, err = open(r, size); err != nil {
		return nil, err
	}
	c.format = c.frames.format()
	if o.Interval != 0 {
		c.format.Interval = o.Interval
	}
	if c.format.Interval == 0 {
		return nil, fmt.Errorf("%w: the file does not say how many frames a second it has, or not sensibly; give the interval", ErrInterval)
	}
	if err := c.format.Check(); err != nil {
		return nil, fmt.Errorf("clip: %w", err)
	}
	if err := c.survey(); err != nil {
		return nil, err
	}
	c.lender, err = lender.New(c.largest)
	return c, err
}

// open tells the container by its first bytes.
func open(r io.ReaderAt, size int64) (container, error) {
	var magic [12]byte
	if size < int64(len(magic)) {
		return nil, fmt.Errorf("%w: only %d bytes long", ErrBroken, size)
	}
	if err := readAt(r, magic[:], 0); err != nil {
		return nil, err
	}
	switch {
	case string(magic[:4]) == "RIFF" && string(magic[8:]) == "AVI ":
		return newAVI(r, size)
	case string(magic[:10]) == "YUV4MPEG2 ":
		return newY4M(r, size)
	}
	return nil, fmt.Errorf("%w: neither AVI nor Y4M, it begins with %q; convert it, for example: ffmpeg -i FILE -c:v mjpeg -q:v 4 clip.avi",
		camera.ErrFormat, magic[:])
}

// survey counts the frames and finds the largest.
func (c *Clip) survey() error {
	for {
		s, err := c.frame()
		if err != nil && c.count == 0 {
			if err == io.EOF {
				err = fmt.Errorf("%w: it holds no frames", ErrBroken)
			}
			return err
		}
		if err != nil { // Borrow meets it again, after the frames before it
			break
		}
		c.count++
		if s.n <= MaxFrame || c.format.Pixel != camera.MJPEG {
			c.largest = max(c.largest, int(s.n))
		}
	}
	c.largest = max(c.largest, 1)
	c.frames.rewind()
	c.slot = 0
	return nil
}

// frame finds the next frame to lend.
func (c *Clip) frame() (span, error) {
	for {
		s, err := c.frames.next()
		if err != nil {
			return s, err
		}
		c.slot++
		if s.n > 0 || c.opts.Gaps {
			return s, nil
		}
	}
}

// Frames is the number of frames that will be lent, damaged ones included.
func (c *Clip) Frames() int { return c.count }

// Largest is the size of the largest payload in bytes.
func (c *Clip) Largest() int { return c.largest }

// Format is what the file says, with the interval of the options if they give one.
func (c *Clip) Format() camera.Format { return c.format }
