package feed

import (
	"encoding/binary"
	"fmt"
	"io"

	"tellijn/hal/camera"
)

// Writer is the side of the tool. It is used from one goroutine.
type Writer struct {
	w       io.Writer
	format  camera.Format
	largest int
	any     bool
	last    uint32
	err     error
	head    [frameSize]byte
}

// NewWriter writes the header. largest is the most payload bytes that any frame will have; for raw
// formats Format.LumaSize is enough, since Write sends no more than that.
func NewWriter(w io.Writer, f camera.Format, largest int) (*Writer, error) {
	if f.Pixel != camera.MJPEG {
		largest = f.LumaSize()
	}
	if err := check(f, largest); err != nil {
		return nil, err
	}
	var b [headSize]byte
	putHead(b[:], f, largest)
	if _, err := w.Write(b[:]); err != nil {
		return nil, fmt.Errorf("feed: writing the header: %w", err)
	}
	return &Writer{w: w, format: f, largest: largest}, nil
}

// Write sends one frame on loan; it goes back to its source right after. Of raw formats only the
// bytes that hold luma are sent. Sequence must go forward. After an error the stream is of no use.
func (w *Writer) Write(f *camera.Frame) error {
	if w.err != nil {
		return w.err
	}
	data := f.Data
	if n := w.format.LumaSize(); n > 0 && len(data) > n {
		data = data[:n]
	}
	if len(data) > w.largest {
		return w.fail(fmt.Errorf("feed: frame %d has %d bytes, above the %d announced", f.Sequence, len(data), w.largest))
	}
	if w.any && int32(f.Sequence-w.last) <= 0 {
		return w.fail(fmt.Errorf("feed: frame %d after frame %d; sequence must go forward", f.Sequence, w.last))
	}
	w.any, w.last = true, f.Sequence
	flags := uint32(0)
	if f.Damaged {
		flags = flagDamage
	}
	w.mark(frameMark, f.Sequence, uint32(len(data)), flags)
	if _, err := w.w.Write(w.head[:]); err != nil {
		return w.fail(fmt.Errorf("feed: frame %d: %w", f.Sequence, err))
	}
	if len(data) == 0 {
		return nil
	}
	if _, err := w.w.Write(data); err != nil {
		return w.fail(fmt.Errorf("feed: frame %d: %w", f.Sequence, err))
	}
	return nil
}

// Close writes the end mark. Without it the reader knows that the tool broke off. It does not
// close the pipe. Closing twice is fine.
func (w *Writer) Close() error {
	if w.err == camera.ErrClosed {
		return nil
	}
	if w.err != nil {
		return w.err
	}
	w.err = camera.ErrClosed
	w.mark(endMark, w.last, 0, 0)
	if _, err := w.w.Write(w.head[:]); err != nil {
		return fmt.Errorf("feed: end mark: %w", err)
	}
	return nil
}

func (w *Writer) mark(mark, sequence, length, flags uint32) {
	binary.LittleEndian.PutUint32(w.head[0:], mark)
	binary.LittleEndian.PutUint32(w.head[4:], sequence)
	binary.LittleEndian.PutUint32(w.head[8:], length)
	binary.LittleEndian.PutUint32(w.head[12:], flags)
}

func (w *Writer) fail(err error) error {
	w.err = err
	return err
}
