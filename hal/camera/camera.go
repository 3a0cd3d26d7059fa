// Package camera says what a camera is to this program: something that lends one frame at a time
// and takes it back wiped. It contains no driver and never keeps, copies or encodes a frame.
// It is the first stage of the data path; counting/luma reads what it lends.
package camera

import (
	"errors"
	"time"
)

// Errors that a caller branches on. Drivers wrap them with %w and say what they saw.
var (
	// ErrEnded is returned by Borrow when a finite source has no more frames.
	ErrEnded = errors.New("camera: no more frames")
	// ErrTimeout is returned by Borrow when no frame came in time; the stream may still recover.
	ErrTimeout = errors.New("camera: no frame in time")
	// ErrGone is returned when the camera was unplugged or its driver gave up; open it anew.
	ErrGone = errors.New("camera: gone")
	// ErrFormat is returned when a camera offers or delivers a format that cannot be counted on.
	ErrFormat = errors.New("camera: format not usable")
	// ErrLoan is returned when frames are borrowed twice, or returned without a loan.
	ErrLoan = errors.New("camera: frame loan out of order")
	// ErrClosed is returned by every call after Close.
	ErrClosed = errors.New("camera: closed")
)

// Frame is one buffer of the camera, on loan for one cycle. The caller reads Data in place and
// must not keep or copy any part of it. Return wipes it.
type Frame struct {
	// Data is the payload: rows of Format().Stride bytes for raw formats, one compressed frame
	// for MJPEG. Its length is what the driver says was filled, checked against the buffer.
	Data []byte
	// Sequence counts frames since the start of the stream, lost ones included: a gap of n in
	// Sequence is n frames that never came. It never goes back within one stream.
	Sequence uint32
	// Damaged is set when the driver flagged an error, or the payload is empty or too short for
	// the format. A damaged frame is returned like any other, and not counted on.
	Damaged bool
	// Borrowed is the monotonic time of the dequeue; only differences mean anything.
	Borrowed time.Duration
	// Buffer tells the source which of its buffers this is. Only the source looks at it.
	Buffer int
}

// Source lends frames, one at a time. It is used from one goroutine. No method allocates once the
// stream runs.
type Source interface {
	// Format is what the camera really delivers, fixed for the life of the source.
	Format() Format
	// Borrow waits for the next frame and fills f. One frame can be on loan at a time (ErrLoan).
	Borrow(f *Frame) error
	// Return overwrites the whole buffer behind f with zeros, payload and slack, gives it back
	// to the driver and clears f. The time from Borrow to the wiped buffer is the returned
	// lifetime of the frame. Whatever the caller did to f.Data, the whole buffer is wiped. After
	// an error f is cleared too, unless it was never on loan (ErrLoan).
	Return(f *Frame) (lifetime time.Duration, err error)
	// Close stops the stream, wipes every buffer, one on loan included, then lets go of them.
	// Memory of the kernel is unmapped: a slice of a frame kept beyond Close faults. Closing
	// twice is fine. Afterwards Borrow and Return answer ErrClosed; Format stays as it was.
	Close() error
}
