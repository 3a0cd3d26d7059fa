// Package canary makes frames whose bytes can be told from everything else in a memory, and sets of
// their 8-byte windows to search for. It never looks at what a camera saw: each frame is noise, made
// at run time from a seed, in every format that counting takes. It stands outside the data path:
// tests and tools/proof send such frames through it, and privacy/privacytest/search then looks for
// what is left.
//
// Make frames only in the process that searches, and hand them over through the camera. A process
// that knew the seed could hold a frame as 32 bytes, which no search for pixels finds.
//
// # False positives
//
// A window of a raw frame is 64 bits that nobody can predict. So whatever a memory holds, as long as
// it was not made from the frames, the chance that a search of B bytes for W windows finds one that
// is none is at most B*W/2^64: for 16 frames of 640x480 YUYV about 1 in 175,000 for 10 MB, 1 in
// 1,700 for 1 GB. In an MJPEG frame a window is worth 54 bits at least: a coefficient of 8 coded bits
// has one of 3*64 values, a mean and the end of a block lose 7 bits, and no two ends are in one window.
// Each stuffed zero behind 0xFF takes 8 bits off. For 16 such frames of 200 kB that is 1 in 540 for
// 10 MB. One hit in an MJPEG run is to be looked at; many are a leak.
//
// # False negatives
//
// Seven bytes or fewer in a row are not found, nor is anything that was computed from pixels: means,
// differences, a wider or a compressed form. What counting may keep is bounded by the size of its
// cells, not by this.
package canary

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"

	"tellijn/hal/camera"
)

// ErrRepeat is wrapped by New when no seed that it tried gave windows that are all different.
var ErrRepeat = errors.New("canary: windows repeat")

// tries bounds the seeds that New takes one after the other. With good randomness the first one does:
// 10 million windows repeat once in 380,000 times.
const tries = 8

// Seed is where frames come from: 32 bytes of a good source of randomness such as crypto/rand.
type Seed [32]byte

// Next is another seed, made from this one.
func (s Seed) Next() Seed { return sha256.Sum256(s[:]) }

// Frame is one frame as a camera would fill its buffer.
type Frame struct {
	// Data is the payload: whole rows of the stride for raw formats, one compressed frame for MJPEG.
	Data []byte
	// Head and Tail are how many bytes at its ends are no pixels: headers and tables.
	Head, Tail int
}

// New makes n frames of a format, and the set of their windows. In raw formats every 8-byte window
// is unique over all of them. The error wraps camera.ErrFormat, ErrSize or ErrRepeat.
func New(f camera.Format, n int, seed Seed) ([]Frame, *Set, error) {
	return search(f, n, seed, stream)
}

// search tries seeds; draw gives the randomness that belongs to one.
func search(f camera.Format, n int, seed Seed, draw func(Seed) (cipher.Stream, error)) ([]Frame, *Set, error) {
	if err := f.Check(); err != nil {
		return nil, nil, err
	}
	size := frameBytes(f)
	if n < 1 || n > MaxBytes/size {
		return nil, nil, fmt.Errorf("%w: %d frames of about %d bytes, want 1 to %d of them", ErrSize, n, size, MaxBytes/size)
	}
	for range tries {
		random, err := draw(seed)
		if err != nil {
			return nil, nil, err
		}
		frames := make([]Frame, n)
		for i := range frames {
			if f.Pixel == camera.MJPEG {
				frames[i] = coded(f.Width, f.Height, random)
				continue
			}
			frames[i].Data = make([]byte, size)
			random.XORKeyStream(frames[i].Data, frames[i].Data)
		}
		set, err := NewSet(frames)
		if err != nil {
			return nil, nil, err
		}
		if set.Repeats() == 0 || f.Pixel == camera.MJPEG {
			return frames, set, nil
		}
		seed = seed.Next()
	}
	return nil, nil, fmt.Errorf("%w: in %d frames of %d bytes for %d seeds; is the seed random?", ErrRepeat, n, size, tries)
}

// frameBytes is the size of a frame, chroma and the padding of rows included. For MJPEG it is a bound.
func frameBytes(f camera.Format) int {
	switch f.Pixel {
	case camera.NV12, camera.YU12:
		// Chroma of both has together half the rows of luma, rounded up.
		return f.Stride * (f.Height + (f.Height+1)/2)
	case camera.MJPEG:
		return most(f.Width, f.Height)
	}
	return f.Stride * f.Height
}

// stream is AES-256 in counter mode under the seed, over zeros: as good as chance, and fast.
func stream(seed Seed) (cipher.Stream, error) {
	block, err := aes.NewCipher(seed[:])
	if err != nil {
		return nil, fmt.Errorf("canary: %w", err)
	}
	return cipher.NewCTR(block, make([]byte, aes.BlockSize)), nil
}
