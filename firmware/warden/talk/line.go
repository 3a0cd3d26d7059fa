package talk

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"tellijn/firmware/pair"
)

// Line is one end of the socket between the halves.
type Line struct {
	*pair.Socket
	asking bool // the other half asks: this is the starter's end
}

// Pair makes a line: the starter's end, and the descriptor to hand to the core.
func Pair() (*Line, int, error) {
	s, other, err := pair.New()
	if err != nil {
		return nil, -1, fmt.Errorf("talk: %w", err)
	}
	return &Line{s, true}, other, nil
}

// At is the core's end, which it was started with.
func At(fd int) *Line { return &Line{pair.At(fd), false} }

// Send sends m, and the descriptors that it says. It never waits: if the other half does not listen,
// that is an error.
func (l *Line) Send(m Message, files ...int) error {
	if int(m.Files) != len(files) {
		return fmt.Errorf("%w: %d descriptors, says %d", ErrMalformed, len(files), m.Files)
	}
	var buf [Size]byte
	Encode(&buf, &m)
	if err := l.Socket.Send(buf[:], files...); err != nil {
		return fmt.Errorf("talk: %w", err)
	}
	return nil
}

// Receive waits for a message and gives its descriptors, which are closed in programs that are
// started later. The error is io.EOF when the other half is gone, or wraps ErrMalformed.
func (l *Line) Receive() (Message, []int, error) {
	var buf [Size + 1]byte
	files, cut, err := l.Socket.Receive(buf[:], make([]byte, syscall.CmsgSpace(4*2*MaxFiles)))
	switch {
	case errors.Is(err, io.EOF):
		return Message{}, nil, io.EOF
	case errors.Is(err, pair.ErrSize):
		pair.Drop(files)
		return Message{}, nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	case err != nil:
		return Message{}, nil, fmt.Errorf("talk: %w", err)
	}
	m, err := Decode((*[Size]byte)(buf[:Size]), l.asking)
	if err == nil && (cut || len(files) != int(m.Files)) {
		err = fmt.Errorf("%w: %d descriptors, says %d", ErrMalformed, len(files), m.Files)
	}
	if err != nil {
		pair.Drop(files)
		return Message{}, nil, err
	}
	return m, files, nil
}

// Drop closes descriptors that came with a message.
func Drop(files []int) { pair.Drop(files) }
