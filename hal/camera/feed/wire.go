// Package feed hands frames through a pipe: a tool that may open files writes them, and the eye,
// which may not, reads them as from a camera. It serves trials with clips only; no device uses it.
// It never stores a frame, and a stream that lies or stops short is an error, never a guess.
// It stands where a driver stands: hal/camera/clip -> hal/camera/feed -> counting/luma.
//
// The stream is a header, then frames, then an end mark; all numbers little endian. Pacing is done
// by the writing side: the reader takes what comes.
package feed

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"tellijn/hal/camera"
	"tellijn/hal/camera/lender"
)

// ErrStream is wrapped when a stream is cut off, of another version, or contradicts itself.
var ErrStream = errors.New("feed: stream not usable")

// Sizes and marks of the stream.
const (
	version    = 1
	magic      = 'T' | 'L'<<8 | 'J'<<16 | 'N'<<24
	headSize   = 40 // magic, version 4, largest 8, pixel 12, width 16, height 20, stride 24, zero 28, interval 32
	frameSize  = 16 // mark, sequence 4, length 8, flags 12
	frameMark  = 'F' | 'R'<<8 | 'A'<<16 | 'M'<<24
	endMark    = 'E' | 'N'<<8 | 'D'<<16 | 'S'<<24
	flagDamage = 1
)

// putHead writes the header. largest is the most payload bytes of one frame.
func putHead(b []byte, f camera.Format, largest int) {
	clear(b[:headSize])
	for at, v := range map[int]int{0: magic, 4: version, 8: largest, 12: int(f.Pixel), 16: f.Width, 20: f.Height, 24: f.Stride} {
		binary.LittleEndian.PutUint32(b[at:], uint32(v))
	}
	binary.LittleEndian.PutUint64(b[32:], uint64(f.Interval))
}

// head reads the header and checks every field.
func head(b []byte) (f camera.Format, largest int, err error) {
	word := func(at int) int { return int(binary.LittleEndian.Uint32(b[at:])) }
	if word(0) != magic || word(4) != version {
		return f, 0, fmt.Errorf("%w: it begins with %q, version %d, want \"TLJN\", version %d; use the eye and the tool of one build",
			ErrStream, b[:4], word(4), version)
	}
	if word(28) != 0 {
		return f, 0, fmt.Errorf("%w: reserved field of the header is %#x", ErrStream, word(28))
	}
	f = camera.Format{Pixel: camera.PixelFormat(binary.LittleEndian.Uint32(b[12:])), Width: word(16), Height: word(20), Stride: word(24)}
	if ns := binary.LittleEndian.Uint64(b[32:]); ns < uint64(time.Hour) {
		f.Interval = time.Duration(ns)
	}
	return f, word(8), check(f, word(8))
}

// check is what both sides demand of the header.
func check(f camera.Format, largest int) error {
	if err := f.Check(); err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	if f.Pixel == camera.MJPEG && f.Stride != 0 {
		return fmt.Errorf("feed: %w: stride %d for MJPEG, want 0", camera.ErrFormat, f.Stride)
	}
	if largest < 1 || largest > lender.MaxBuffer {
		return fmt.Errorf("%w: largest frame %d bytes, want 1 to %d", ErrStream, largest, lender.MaxBuffer)
	}
	return nil
}
