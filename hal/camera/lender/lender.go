// Package lender holds the one frame buffer of a source whose frames come from a file, a pipe or a
// test instead of a kernel driver, and keeps the rules of the loan. The buffer lies outside the Go
// heap, in a block of hal/memory. It reads nothing by itself, never holds more than one frame, and
// wipes the whole buffer whenever a loan ends.
// It stands beside the data path: drivers in hal/camera fill it, counting/luma reads what it lends.
package lender

import (
	"fmt"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/memory"
)

// MaxBuffer bounds the buffer in bytes: the largest packed frame, 4096x4096 pixels of 2 bytes.
const MaxBuffer = 2 * camera.MaxSide * camera.MaxSide

// Lender is a buffer and the state of its loan. Use New, and Close: nobody else gives the buffer back.
type Lender struct {
	block  *memory.Block
	buf    []byte
	since  time.Duration
	lent   bool
	closed bool
}

// New makes a lender with a buffer of size bytes, 1 to MaxBuffer. It fails if the size is out of range
// (camera.ErrFormat), or there is no memory.
func New(size int) (*Lender, error) {
	if size < 1 || size > MaxBuffer {
		return nil, fmt.Errorf("%w: a frame needs %d bytes, want 1 to %d", camera.ErrFormat, size, MaxBuffer)
	}
	block, err := memory.Scratch(size)
	if err != nil {
		return nil, fmt.Errorf("lender: a buffer for frames: %w", err)
	}
	return &Lender{block: block, buf: block.Bytes()}, nil
}

// Memory tells what protects the buffer.
func (l *Lender) Memory() memory.Facts { return l.block.Facts() }

// Buffer gives the whole buffer to be filled in place, or says why no frame can be lent now:
// camera.ErrClosed, or camera.ErrLoan while a frame is out.
func (l *Lender) Buffer() ([]byte, error) {
	if l.closed {
		return nil, camera.ErrClosed
	}
	if l.lent {
		return nil, fmt.Errorf("%w: the last frame was not returned", camera.ErrLoan)
	}
	return l.buf, nil
}

// Lend puts the first n bytes of the buffer on loan as f at the time now. More than the buffer
// holds is cut, and makes the frame damaged.
func (l *Lender) Lend(f *camera.Frame, n int, sequence uint32, damaged bool, now time.Duration) {
	if n < 0 || n > len(l.buf) {
		n, damaged = 0, true
	}
	*f = camera.Frame{Data: l.buf[:n], Sequence: sequence, Damaged: damaged, Borrowed: now}
	l.lent, l.since = true, now
}

// Out tells whether a frame is on loan.
func (l *Lender) Out() bool { return l.lent }

// Return wipes the whole buffer, ends the loan and clears f. The caller measures the lifetime
// after it, since only then the buffer is wiped; Since says when the loan began.
func (l *Lender) Return(f *camera.Frame) error {
	if l.closed {
		*f = camera.Frame{}
		return camera.ErrClosed
	}
	if !l.lent {
		return fmt.Errorf("%w: no frame is on loan", camera.ErrLoan)
	}
	clear(l.buf)
	l.lent = false
	*f = camera.Frame{}
	return nil
}

// Since is the time given to the last Lend.
func (l *Lender) Since() time.Duration { return l.since }

// Wipe overwrites the buffer outside a loan: what a failed read left behind is part of a frame.
func (l *Lender) Wipe() { clear(l.buf) }

// Close wipes the buffer, ends every loan and gives the buffer back: a slice of a frame kept beyond it
// faults. It answers false when it was closed already. The error says that the system did not take
// the buffer back; it is wiped all the same.
func (l *Lender) Close() (first bool, err error) {
	if l.closed {
		return false, nil
	}
	l.closed, l.lent, l.buf = true, false, nil
	return true, l.block.Close()
}
