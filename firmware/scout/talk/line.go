package talk

import (
	"fmt"
	"io"
	"syscall"
)

// Line is one end of the socket between the halves. It has no name in any file system and no address; both
// ends are made together. One goroutine may send while another receives.
type Line struct {
	fd     int
	asking bool // the other half is the asker: this is the setter's end
}

// Pair makes a line: the setter's end, and the descriptor to hand to the asker.
func Pair() (*Line, int, error) {
	fds, err := pair()
	if err != nil {
		return nil, -1, fmt.Errorf("talk: %w", err)
	}
	return &Line{fds[0], true}, fds[1], nil
}

// At is the asker's end, which it was started with.
func At(fd int) *Line {
	syscall.CloseOnExec(fd)
	return &Line{fd, false}
}

// HangUp ends the talk: both ends see the end of the line, also one that waits in Receive.
func (l *Line) HangUp() { syscall.Shutdown(l.fd, syscall.SHUT_RDWR) }

// Close lets go of this end. Nobody may be in Send or Receive any more.
func (l *Line) Close() { syscall.Close(l.fd) }

// Send sends m, with one descriptor if that is not below 0. It never waits: if the other half does not
// listen, that is an error.
func (l *Line) Send(m Message, file int) error {
	var buf [Size]byte
	Encode(&buf, &m)
	var rights []byte
	if file >= 0 {
		rights = syscall.UnixRights(file)
	}
	for {
		n, err := syscall.SendmsgN(l.fd, buf[:], rights, nil, syscall.MSG_DONTWAIT)
		if err == syscall.EINTR {
			continue
		}
		if err == nil && n != Size {
			err = io.ErrShortWrite
		}
		if err != nil {
			return fmt.Errorf("talk: %w", err)
		}
		return nil
	}
}

// Receive waits for a message and gives the descriptor that came with it, or -1. The setter takes none: the
// asker has none to give. The error is io.EOF when the other half is gone, or wraps ErrMalformed.
func (l *Line) Receive() (Message, int, error) {
	// One byte more than a message, to see that there is none; room for more descriptors than there
	// may be, so that they can be closed.
	var buf [Size + 1]byte
	var rights []byte
	if !l.asking {
		rights = make([]byte, syscall.CmsgSpace(4*4))
	}
	for {
		n, rn, flags, _, err := syscall.Recvmsg(l.fd, buf[:Size+extra], rights, receiveFlags)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.ECONNRESET || err == nil && n == 0 && rn == 0:
			return Message{}, -1, io.EOF
		case err != nil:
			return Message{}, -1, fmt.Errorf("talk: %w", err)
		}
		files := taken(rights[:rn])
		m, err := Decode((*[Size]byte)(buf[:Size]), l.asking)
		want := 0
		if m.Kind == Radio || m.Kind == Link && m.Lent {
			want = 1
		}
		switch {
		case n != Size:
			err = fmt.Errorf("%w: %d bytes, want %d", ErrMalformed, n, Size)
		case err == nil && (flags&syscall.MSG_CTRUNC != 0 || len(files) != want):
			err = fmt.Errorf("%w: %d descriptors or more, want %d", ErrMalformed, len(files), want)
		}
		if err != nil {
			drop(files)
			return Message{}, -1, err
		}
		if want == 1 {
			return m, files[0], nil
		}
		return m, -1, nil
	}
}

// taken finds the descriptors among what came with a message.
func taken(rights []byte) (files []int) {
	all, err := syscall.ParseSocketControlMessage(rights)
	if err != nil {
		return nil
	}
	for i := range all {
		if fds, err := syscall.ParseUnixRights(&all[i]); err == nil {
			files = append(files, fds...)
		}
	}
	for _, fd := range files {
		syscall.CloseOnExec(fd)
	}
	return files
}

func drop(files []int) {
	for _, fd := range files {
		syscall.Close(fd)
	}
}
