// Package pair is a socket between two halves of a program: it has no name in any file system and no address,
// both ends are made together, and messages of one size pass over it, some with descriptors. It says nothing of
// what a message means. The warden and the scout split themselves with it.
package pair

import (
	"errors"
	"fmt"
	"io"
	"syscall"
)

// ErrSize says that a message is longer or shorter than all are.
var ErrSize = errors.New("pair: not the size of a message")

// Socket is one end. One goroutine may send while another receives.
type Socket struct{ fd int }

// New makes both ends: one to use, and the descriptor to hand to the other half.
func New() (*Socket, int, error) {
	fds, err := both()
	if err != nil {
		return nil, -1, err
	}
	return &Socket{fds[0]}, fds[1], nil
}

// At is the end that a half was started with.
func At(fd int) *Socket {
	syscall.CloseOnExec(fd)
	return &Socket{fd}
}

// HangUp ends the talk: both ends see the end of the line, also one that waits in Receive.
func (s *Socket) HangUp() { syscall.Shutdown(s.fd, syscall.SHUT_RDWR) }

// Close lets go of this end. Nobody may be in Send or Receive any more.
func (s *Socket) Close() { syscall.Close(s.fd) }

// Send sends a message and descriptors. It never waits: if the other half does not listen, that is an error.
func (s *Socket) Send(message []byte, files ...int) error {
	var rights []byte
	if len(files) > 0 {
		rights = syscall.UnixRights(files...)
	}
	for {
		n, err := syscall.SendmsgN(s.fd, message, rights, nil, syscall.MSG_DONTWAIT)
		if err == syscall.EINTR {
			continue
		}
		if err == nil && n != len(message) {
			err = io.ErrShortWrite
		}
		return err
	}
}

// Receive waits for a message and gives its descriptors, which are closed in programs that are started later.
// buf is one byte longer than a message, so that a longer one shows; rights is room for more descriptors than there
// may be (syscall.CmsgSpace), so that they can be closed. An error comes without descriptors, except ErrSize, whose
// descriptors are for Drop. cut says that there were more than room. The error is io.EOF when the other half is gone.
func (s *Socket) Receive(buf, rights []byte) (files []int, cut bool, err error) {
	for {
		n, rn, flags, _, err := syscall.Recvmsg(s.fd, buf[:len(buf)-1+extra], rights, receiveFlags)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.ECONNRESET || err == nil && n == 0 && rn == 0:
			return nil, false, io.EOF
		case err != nil:
			return nil, false, err
		}
		files, cut = taken(rights[:rn]), flags&syscall.MSG_CTRUNC != 0
		if n != len(buf)-1 {
			return files, cut, fmt.Errorf("%w: %d bytes, want %d", ErrSize, n, len(buf)-1)
		}
		return files, cut, nil
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

// Drop closes descriptors that came with a message.
func Drop(files []int) {
	for _, fd := range files {
		syscall.Close(fd)
	}
}
