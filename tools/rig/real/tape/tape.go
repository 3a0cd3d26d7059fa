// Package tape is what a bench and the camera of a bench say to each other: the bench tells when to be plugged in, and
// sends each frame once the one before has left the camera; the camera tells what the board does with the stream. The
// camera is a small computer of its own with tools/rig/real/gadget. Frames are drawn or from clips that were published;
// nobody keeps one. It is for the rig, outside the data path.
package tape

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Kind of a message.
type Kind byte

// From the bench.
const (
	Greet  Kind = 'G' // both ends begin with it: Version
	Plug   Kind = 'P' // be there, as Format says
	Unplug Kind = 'U' // be gone
	Frame  Kind = 'F' // number, then the bytes of a frame
)

// From the camera.
const (
	Started Kind = 'S' // the board wants frames
	Held    Kind = 'H' // the board took the exposure into its hands
	Sent    Kind = 'A' // number of a frame that has left
	Stopped Kind = 'Z' // the board wants no more frames; those that had not left are lost
	Failed  Kind = 'E' // why it cannot go on, as text
)

// Version of all this.
const Version = 1

// Most bytes of a message: a frame of the largest size that boards ask for, and some more.
const Most = 4 << 20

// ErrMessage is wrapped for what is no message.
var ErrMessage = errors.New("tape: malformed message")

// Message is one.
type Message struct {
	Kind   Kind
	Number uint32 // of Greet (the version), Frame, Sent
	Body   []byte // of Plug, Frame, Failed
}

// numbered tells whether a kind has a number, and bodied whether it has a body.
func (k Kind) numbered() bool { return k == Greet || k == Frame || k == Sent }
func (k Kind) bodied() bool   { return k == Plug || k == Frame || k == Failed }

func (k Kind) known() bool {
	switch k {
	case Greet, Plug, Unplug, Frame, Started, Held, Sent, Stopped, Failed:
		return true
	}
	return false
}

// Write writes one message: its kind, the length of what follows in four bytes, the number, the body.
func Write(w io.Writer, m Message) error {
	b := append(make([]byte, 0, 9+len(m.Body)), byte(m.Kind), 0, 0, 0, 0)
	if m.Kind.numbered() {
		b = binary.BigEndian.AppendUint32(b, m.Number)
	}
	b = append(b, m.Body...)
	binary.BigEndian.PutUint32(b[1:], uint32(len(b)-5))
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("tape: %w", err)
	}
	return nil
}

// Read reads one message. Its body is a new one.
func Read(r io.Reader) (m Message, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return m, fmt.Errorf("tape: %w", err)
	}
	m.Kind = Kind(head[0])
	n := binary.BigEndian.Uint32(head[1:])
	switch {
	case !m.Kind.known():
		return m, fmt.Errorf("%w: kind %q", ErrMessage, head[0])
	case n > Most || m.Kind.numbered() && n < 4 || !m.Kind.bodied() && n > 4 || !m.Kind.bodied() && !m.Kind.numbered() && n > 0:
		return m, fmt.Errorf("%w: %q with %d bytes", ErrMessage, head[0], n)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return m, fmt.Errorf("tape: %w", err)
	}
	if m.Kind.numbered() {
		m.Number, body = binary.BigEndian.Uint32(body), body[4:]
	}
	if len(body) > 0 {
		m.Body = body
	}
	return m, nil
}

// Format is what the camera is to be.
type Format struct {
	MJPEG         bool
	Width, Height uint16
	Interval      uint32 // between frames, in 100 ns, as USB video has it
	Largest       uint32 // bytes of a frame, at most
}

// Bytes is the body of Plug.
func (f Format) Bytes() []byte {
	b := []byte{0}
	if f.MJPEG {
		b[0] = 1
	}
	b = binary.BigEndian.AppendUint16(b, f.Width)
	b = binary.BigEndian.AppendUint16(b, f.Height)
	b = binary.BigEndian.AppendUint32(b, f.Interval)
	return binary.BigEndian.AppendUint32(b, f.Largest)
}

// FormatOf reads it.
func FormatOf(b []byte) (f Format, err error) {
	if len(b) != 13 || b[0] > 1 {
		return f, fmt.Errorf("%w: a format of %d bytes", ErrMessage, len(b))
	}
	f = Format{b[0] == 1, binary.BigEndian.Uint16(b[1:]), binary.BigEndian.Uint16(b[3:]), binary.BigEndian.Uint32(b[5:]), binary.BigEndian.Uint32(b[9:])}
	if f.Width == 0 || f.Height == 0 || f.Interval == 0 || f.Largest == 0 || f.Largest > Most-4 {
		return f, fmt.Errorf("%w: %+v", ErrMessage, f)
	}
	return f, nil
}
