package clip

import (
	"errors"
	"fmt"
	"io"
	"time"

	"tellijn/hal/camera"
)

// Borrow reads the next frame. After the last it answers camera.ErrEnded, or ErrBroken if the file
// could not be followed to its end.
func (c *Clip) Borrow(f *camera.Frame) error {
	buf, err := c.lender.Buffer()
	if err != nil {
		return err
	}
	if c.end != nil {
		return c.end
	}
	if !c.found { // an error of Wait leaves the frame found, to be asked for again
		if c.ahead, err = c.frame(); err != nil {
			return c.over(err)
		}
		c.found = true
	}
	due := time.Duration(c.slot-1) * c.format.Interval
	if c.opts.Wait != nil {
		if err := c.opts.Wait(due); err != nil {
			return err
		}
	}
	c.found = false
	n := int(min(c.ahead.n, int64(len(buf))+1)) // one too many marks it as too large
	if n <= len(buf) {
		if err := readAt(c.r, buf[:n], c.ahead.at); err != nil {
			c.lender.Wipe() // a read that failed half-way has left pixels
			return c.over(err)
		}
	}
	c.lender.Lend(f, n, c.index, c.format.Short(n), c.now(due))
	c.index++
	return nil
}

// over makes the end of the clip last.
func (c *Clip) over(err error) error {
	if err == io.EOF {
		err = camera.ErrEnded
	}
	c.end = err
	return err
}

// Return wipes the frame. Its lifetime is 0 without a clock in the options.
func (c *Clip) Return(f *camera.Frame) (time.Duration, error) {
	if err := c.lender.Return(f); err != nil {
		return 0, err
	}
	return max(0, c.now(c.lender.Since())-c.lender.Since()), nil
}

// Close wipes the buffer and closes the file that Open opened.
func (c *Clip) Close() error {
	first, err := c.lender.Close()
	if first && c.file != nil {
		err = errors.Join(err, c.file.Close())
	}
	return err
}

func (c *Clip) now(without time.Duration) time.Duration {
	if c.opts.Clock == nil {
		return without
	}
	return c.opts.Clock()
}

// readAt fills b from offset at.
func readAt(r io.ReaderAt, b []byte, at int64) error {
	if len(b) == 0 {
		return nil
	}
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == io.EOF {
		return fmt.Errorf("%w: it ends at byte %d, inside something of %d bytes", ErrBroken, at+int64(n), len(b))
	}
	return fmt.Errorf("clip: reading %d bytes at %d: %w", len(b), at, err)
}

// interval turns a rate of num/den frames a second into a frame interval, and 0 if it is absurd.
func interval(num, den uint64) time.Duration {
	if num == 0 || den == 0 || den > 1<<32 || num > 1<<32 {
		return 0
	}
	d := (den*uint64(time.Second) + num/2) / num
	if d < uint64(time.Millisecond) || d > uint64(10*time.Second) {
		return 0
	}
	return time.Duration(d)
}
