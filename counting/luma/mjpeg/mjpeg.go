// Package mjpeg reads the luma of a camera's MJPEG frames at an eighth or a quarter of their size,
// straight from the low-frequency coefficients. It belongs to the second stage of the data path,
// between hal/camera and counting/grid. It never decodes a full picture and never copies coded
// data: one row of blocks at a time becomes a band of units, and everything else in the frame is
// skipped where it lies.
//
// It reads baseline and extended sequential Huffman frames of 8 bits (ITU-T T.81, SOF0 and SOF1)
// with one or three components, of which the first is taken for luma and is not sampled more
// coarsely than the others. The Huffman tables may be left out, as AVI files and cameras on USB do.
// It does not read progressive, lossless, hierarchical, arithmetic-coded or 12-bit frames.
package mjpeg

import (
	"errors"
	"fmt"

	"tellijn/counting/luma/mjpeg/huffman"
	"tellijn/counting/luma/mjpeg/marker"
	"tellijn/counting/luma/mjpeg/scan"
)

const (
	// MaxUnits is the width of a band: 1920 pixels at scale 4, 3840 at scale 8.
	MaxUnits = 480
	// MaxRows is the height of a band: the blocks of one MCU are at most four high (T.81
	// B.2.2), and at scale 4 each gives two rows.
	MaxRows = 8
)

// Errors that Start and Next wrap. None of them harms the decoder: the next Start begins anew.
var (
	// ErrTruncated means that the frame ends before its last block.
	ErrTruncated = marker.ErrTruncated
	// ErrCorrupt means that the frame contradicts itself or T.81.
	ErrCorrupt = marker.ErrCorrupt
	// ErrUnsupported means that the frame is of a kind that is not read.
	ErrUnsupported = marker.ErrUnsupported
	// ErrIdle means that Next was called without a successful Start, or after an error.
	ErrIdle = errors.New("mjpeg: no frame started")
)

// Band is the luma of one row of MCUs.
type Band struct {
	// Units holds the mean of each square of scale x scale pixels, 0 black to 255 white.
	// What lies at or beyond Width, or beyond the rows that Next returned, means nothing.
	Units [MaxRows][MaxUnits]uint8
	// Width is the number of units in a row. At the right and lower edge a unit counts if at
	// least half of its side lies inside the picture: (pixels + scale/2) / scale. Such a unit is
	// the mean of what the camera coded there, some of it beyond the edge.
	Width int
}

// Decoder reads one frame after the other. It has a fixed size, needs no constructor and allocates
// nothing but the text of errors. It holds no pointer, not even to the frame, so that it may live in
// memory that the collector does not know. It is not for use by two goroutines at once.
type Decoder struct {
	tables huffman.Tables // what the camera says about its codes; kept, see Wipe
	frame  frame          // everything else
}

// frame is what belongs to the frame that is being read.
type frame struct {
	open    bool
	scale   int // pixels to a unit
	width   int // pixels
	height  int
	columns int // units that count
	rows    int // rows of units that are still to come
	mcus    int // across
	comps   int // components in the scan
	comp    [3]component
	luma    int    // blocks in an MCU
	chroma  [2]int // blocks in an MCU, in runs with the same codes
	restart int    // MCUs between restart markers, 0 for none
	left    int    // MCUs until the next one, negative without
	marker  int    // its number, 0 to 7
	quant   [4]steps
	weight  [4]int32 // of coefficients 0, 1, 2 and 4 in a unit, in 1/8192

	place scan.Place
	lows  [scan.MaxBlocks]scan.Low
	dc    int32  // of the last luma block, quantised: the only prediction that is needed
	wild  uint32 // bits beyond the lowest 12 are set once dc left its range
}

// component is what the frame and scan headers say about one component.
type component struct {
	id    uint8
	h, v  int   // blocks in an MCU, across and down
	quant uint8 // number of its quantisation table
}

// steps are the quantisation steps of coefficients 0, 1, 2 and 4, or 0 if there is no such table.
type steps [4]uint16

// Start reads the headers of one frame, up to its scan. The scale is 8 or 4 pixels to a unit. It
// returns the size of the frame in pixels, 8 to camera.MaxSide a side. The decoder keeps
// none of data: Next is shown it again.
func (d *Decoder) Start(data []byte, scale int) (width, height int, err error) {
	d.Wipe()
	if scale != 8 && scale != 4 {
		return 0, 0, fmt.Errorf("%w: scale %d, want 8 or 4 pixels to a unit", ErrUnsupported, scale)
	}
	d.frame.scale = scale
	if err := d.headers(data); err != nil {
		d.Wipe()
		return 0, 0, err
	}
	d.frame.open = true
	return d.frame.width, d.frame.height, nil
}

// Next reads the next row of MCUs into the band and returns how many rows of units in it count: 0
// after the last. data is what Start was given. A row that is not wholly there, or contradicts itself, is an error; then nothing
// in the band may be used, and the rest of the frame is lost.
func (d *Decoder) Next(data []byte, band *Band) (rows int, err error) {
	f := &d.frame
	if !f.open {
		return 0, ErrIdle
	}
	band.Width = f.columns
	rows = min(f.rows, f.comp[0].v*8/f.scale)
	if rows == 0 {
		*f = frame{open: true, scale: f.scale, columns: f.columns} // and so 0 again if asked again
		return 0, nil
	}
	if err := d.row(data, band); err != nil {
		d.Wipe()
		return 0, err
	}
	f.rows -= rows
	return rows, nil
}

// Wipe overwrites everything that came from the frame. What stays are the
// Huffman codes, which most cameras never change, and the lookups built from them. A camera that
// fits its codes to each frame thereby leaves a statistic of its last one, no place in it. To wipe
// these too, assign Decoder{}.
func (d *Decoder) Wipe() { d.frame = frame{} }
