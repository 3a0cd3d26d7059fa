package wire

import (
	"errors"
	"fmt"
	"io"
	"time"

	"tellijn/counting/tally"
)

// Writer is the eye's end.
type Writer struct {
	w   io.Writer
	m   Message
	buf [Size]byte
}

// NewWriter writes the tallies of one stream to w.
func NewWriter(w io.Writer, s Stream) *Writer { return &Writer{w: w, m: Message{Stream: s}} }

// Write sends one tally with exactly one write of Size bytes. It allocates nothing.
func (w *Writer) Write(t *tally.Tally) error {
	w.m.Tally = *t
	Encode(&w.buf, &w.m)
	n, err := w.w.Write(w.buf[:])
	if err == nil && n != Size {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fmt.Errorf("wire: tally %d: %w", t.Number, err)
	}
	return nil
}

// Terms are what the eye was told, against which its messages are held.
type Terms struct {
	Lines, Zones int           // in use
	Beat         time.Duration // pipeline time between tallies
	Speed        int           // of the pipeline's time against Since
	// Since gives the time since the eye was started, by a clock that never goes back.
	Since func() time.Duration
	// Shortest is the least interval between frames that the camera may say, 0 for any: from what the
	// eye was told to ask for. Who says a shorter one could say more.
	Shortest time.Duration
	// Unpaced lifts the bound on the rate: a clip comes as fast as it is read from its file.
	Unpaced bool
}

// Reader is the warden's end.
type Reader struct {
	r    io.Reader
	t    Terms
	seen uint32
	last Message
	buf  [Size]byte
}

// NewReader reads the tallies of one eye, from its first to its last.
func NewReader(r io.Reader, t Terms) *Reader { return &Reader{r: r, t: t} }

// burst is how many tallies may come ahead of time: the one at the end, and a slow start.
const burst = 4

// Next waits for the next tally. The error is io.EOF when the eye ended, a *Lie when the message
// cannot be true, or what the pipe says.
func (r *Reader) Next() (Message, error) {
	if n, err := io.ReadFull(r.r, r.buf[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return Message{}, &Lie{"a tally is whole", fmt.Sprintf("cut off after %d of %d bytes", n, Size)}
		}
		if !errors.Is(err, io.EOF) {
			err = fmt.Errorf("wire: tally %d: %w", r.seen, err)
		}
		return Message{}, err
	}
	m, err := Decode(&r.buf)
	if err != nil {
		return Message{}, err
	}
	if err := r.held(&m); err != nil {
		return Message{}, err
	}
	r.seen++
	r.last = m
	return m, nil
}

// held compares a message with the terms and with the one before.
func (r *Reader) held(m *Message) error {
	t := &m.Tally
	if t.Number != r.seen {
		return m.lie("tallies are numbered one by one", "number %d, want %d", t.Number, r.seen)
	}
	if r.seen == 0 && t.From != 0 {
		return m.lie("the first interval begins at 0", "the first interval is from frame %d, want 0", t.From)
	}
	if r.seen > 0 && m.Stream != r.last.Stream {
		return m.lie("a camera stays what it is", "stream changed from %+v to %+v", r.last.Stream, m.Stream)
	}
	if r.seen > 0 && t.From != r.last.Tally.To {
		return m.lie("intervals follow each other", "interval from frame %d, the last one ended at %d", t.From, r.last.Tally.To)
	}
	for i := r.t.Lines; i < len(t.Lines); i++ {
		if t.Lines[i] != (tally.Line{}) {
			return m.lie("only lines of the orders", "crossings of line %d, but there are %d lines", i, r.t.Lines)
		}
	}
	for i := r.t.Zones; i < len(t.Zones); i++ {
		if t.Zones[i] != (tally.Zone{}) {
			return m.lie("only zones of the orders", "people in zone %d, but there are %d zones", i, r.t.Zones)
		}
	}
	if r.t.Unpaced {
		return nil
	}
	if m.Stream.Interval < r.t.Shortest {
		return m.lie("a camera is no faster than asked for", "interval %v, want %v or more", m.Stream.Interval, r.t.Shortest)
	}
	// The bound is on the sum since the start, so that a warden that was held up and then finds
	// many tallies waiting does not take them for a flood. A quarter more than the beat allows
	// covers a camera that is faster than it says.
	passed := int64(r.t.Since()) * int64(r.t.Speed)
	due := passed / int64(r.t.Beat)
	if most := due + due/4 + burst; int64(r.seen) >= most {
		return m.lie("no more tallies than beats", "more than %d tallies by now", most)
	}
	frames := passed / int64(m.Stream.Interval)
	if most := frames + frames/4 + burst*int64(r.t.Beat)/int64(m.Stream.Interval) + burst; int64(t.To) > most {
		return m.lie("no more frames than there was time for", "frame %d, but no more than %d can have come", t.To, most)
	}
	return nil
}
