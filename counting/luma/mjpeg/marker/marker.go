// Package marker knows the markers that divide an MJPEG frame, and what can be wrong with one. It
// looks at single bytes and never interprets coded data. counting/luma/mjpeg and its parts use it.
package marker

import (
	"errors"
	"fmt"
)

// Errors of the decoder, wrapped with the place and what was seen there.
var (
	// ErrTruncated means that the frame ends before its last block.
	ErrTruncated = errors.New("mjpeg: frame cut short")
	// ErrCorrupt means that the frame contradicts itself or ITU-T T.81.
	ErrCorrupt = errors.New("mjpeg: frame corrupt")
	// ErrUnsupported means that the frame is of a kind that is not read.
	ErrUnsupported = errors.New("mjpeg: kind of frame not supported")
)

// Second bytes of markers (T.81 table B.1).
const (
	TEM  = 0x01 // stands alone
	SOF0 = 0xC0 // baseline; SOF0 to SOF15 but DHT, JPG and DAC begin a frame
	SOF1 = 0xC1 // extended sequential, Huffman
	DHT  = 0xC4
	JPG  = 0xC8
	DAC  = 0xCC
	SOFF = 0xCF // the last of the frame kinds
	RST0 = 0xD0 // eight of them, standing alone
	SOI  = 0xD8
	EOI  = 0xD9
	SOS  = 0xDA
	DQT  = 0xDB
	DNL  = 0xDC
	DRI  = 0xDD
)

// Next returns the marker at pos, after any fill bytes (T.81 B.1.1.2), and the place behind it.
func Next(data []byte, pos int) (marker byte, at int, err error) {
	if pos < len(data) && data[pos] != 0xFF {
		return 0, pos, fmt.Errorf("%w: byte %#02x at %d, want a marker", ErrCorrupt, data[pos], pos)
	}
	for pos < len(data) && data[pos] == 0xFF {
		pos++
	}
	if pos >= len(data) {
		return 0, pos, fmt.Errorf("%w: no marker before the end at byte %d", ErrTruncated, len(data))
	}
	if data[pos] == 0 {
		return 0, pos, fmt.Errorf("%w: stuffed zero at byte %d, want a marker", ErrCorrupt, pos)
	}
	return data[pos], pos + 1, nil
}

// Alone tells whether a marker has no segment behind it.
func Alone(marker byte) bool {
	return marker == TEM || marker >= RST0 && marker < SOI
}
