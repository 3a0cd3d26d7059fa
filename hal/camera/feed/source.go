package feed

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/lender"
)

// Source is the side of the eye: a camera.Source over the stream.
type Source struct {
	r      io.Reader
	clock  func() time.Duration
	format camera.Format
	lender *lender.Lender
	size   int
	any    bool
	last   uint32
	end    error
	head   [frameSize]byte
}

// NewSource reads the header from r, which must not buffer: a buffer in between would hold pixels
// beyond their wipe. An inherited blocking pipe as *os.File reads straight into the frame buffer.
// clock is a monotonic clock; nil dates all frames at 0. Close does not close r.
func NewSource(r io.Reader, clock func() time.Duration) (*Source, error) {
	var b [headSize]byte
	if n, err := io.ReadFull(r, b[:]); err != nil {
		return nil, fmt.Errorf("%w: header ends after %d of %d bytes: %w", ErrStream, n, headSize, err)
	}
	f, largest, err := head(b[:])
	if err != nil {
		return nil, err
	}
	l, err := lender.New(largest)
	if err != nil {
		return nil, err
	}
	if clock == nil {
		clock = func() time.Duration { return 0 }
	}
	return &Source{r: r, clock: clock, format: f, lender: l, size: largest}, nil
}

// Format is what the header says.
func (s *Source) Format() camera.Format { return s.format }

// Borrow waits for the next frame. camera.ErrEnded comes after the end mark only; every fault of
// the stream is an error wrapping ErrStream, and stays.
func (s *Source) Borrow(f *camera.Frame) error {
	buf, err := s.lender.Buffer()
	if err != nil {
		return err
	}
	if s.end != nil {
		return s.end
	}
	n, err := s.read(buf)
	if err != nil {
		s.lender.Wipe() // part of a frame may have come
		s.end = err
		return err
	}
	damaged := s.head[12]&flagDamage != 0 || s.format.Short(n)
	s.lender.Lend(f, n, s.last, damaged, s.clock())
	return nil
}

// read takes one frame into buf.
func (s *Source) read(buf []byte) (int, error) {
	if err := s.fill(s.head[:], "frame header"); err != nil {
		return 0, err
	}
	mark := binary.LittleEndian.Uint32(s.head[0:])
	sequence := binary.LittleEndian.Uint32(s.head[4:])
	length := binary.LittleEndian.Uint32(s.head[8:])
	flags := binary.LittleEndian.Uint32(s.head[12:])
	switch {
	case mark == endMark && length == 0 && flags == 0:
		return 0, camera.ErrEnded
	case mark != frameMark:
		return 0, fmt.Errorf("%w: %q where a frame begins, after frame %d", ErrStream, s.head[:4], s.last)
	case length > uint32(s.size):
		return 0, fmt.Errorf("%w: frame %d claims %d bytes, above the %d announced", ErrStream, sequence, length, s.size)
	case flags&^flagDamage != 0:
		return 0, fmt.Errorf("%w: frame %d has unknown flags %#x", ErrStream, sequence, flags)
	case s.any && int32(sequence-s.last) <= 0:
		return 0, fmt.Errorf("%w: frame %d after frame %d", ErrStream, sequence, s.last)
	}
	s.any, s.last = true, sequence
	return int(length), s.fill(buf[:length], "payload")
}

// fill reads all of b, straight into it.
func (s *Source) fill(b []byte, what string) error {
	n, err := io.ReadFull(s.r, b)
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends after %d of %d bytes of a %s, without an end mark; the writing side broke off", ErrStream, n, len(b), what)
	}
	return fmt.Errorf("%w: %s: %w", ErrStream, what, err)
}

// Return wipes the frame.
func (s *Source) Return(f *camera.Frame) (time.Duration, error) {
	if err := s.lender.Return(f); err != nil {
		return 0, err
	}
	return max(0, s.clock()-s.lender.Since()), nil
}

// Close wipes the buffer. The pipe stays with whoever opened it.
func (s *Source) Close() error {
	_, err := s.lender.Close()
	return err
}
