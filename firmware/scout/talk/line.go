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
	asking bool // the other half is the asker: this is the setter's end
}

// Pair makes a line: the setter's end, and the descriptor to hand to the asker.
func Pair() (*Line, int, error) {
	s, other, err := pair.New()
	if err != nil {
		return nil, -1, fmt.Errorf("talk: %w", err)
	}
	return &Line{s, true}, other, nil
}

// At is the asker's end, which it was started with.
func At(fd int) *Line { return &Line{pair.At(fd), false} }

// Send sends m, with one descriptor if that is not below 0. It never waits: if the other half does not
// listen, that is an error.
func (l *Line) Send(m Message, file int) error {
	var buf [Size]byte
	Encode(&buf, &m)
	var files []int
	if file >= 0 {
		files = []int{file}
	}
	if err := l.Socket.Send(buf[:], files...); err != nil {
		return fmt.Errorf("talk: %w", err)
	}
	return nil
}

// Receive waits for a message and gives the descriptor that came with it, or -1. The setter takes none: the
// asker has none to give. The error is io.EOF when the other half is gone, or wraps ErrMalformed.
func (l *Line) Receive() (Message, int, error) {
	var buf [Size + 1]byte
	var rights []byte
	if !l.asking {
		rights = make([]byte, syscall.CmsgSpace(4*4))
	}
	files, cut, err := l.Socket.Receive(buf[:], rights)
	switch {
	case errors.Is(err, io.EOF):
		return Message{}, -1, io.EOF
	case errors.Is(err, pair.ErrSize):
		pair.Drop(files)
		return Message{}, -1, fmt.Errorf("%w: %w", ErrMalformed, err)
	case err != nil:
		return Message{}, -1, fmt.Errorf("talk: %w", err)
	}
	m, err := Decode((*[Size]byte)(buf[:Size]), l.asking)
	want := 0
	if m.Kind == Radio || m.Kind == Link && m.Lent {
		want = 1
	}
	if err == nil && (cut || len(files) != want) {
		err = fmt.Errorf("%w: %d descriptors or more, want %d", ErrMalformed, len(files), want)
	}
	if err != nil {
		pair.Drop(files)
		return Message{}, -1, err
	}
	if want == 1 {
		return m, files[0], nil
	}
	return m, -1, nil
}
