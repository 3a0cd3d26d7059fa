//go:build !linux

package line

import (
	"errors"
	"fmt"
	"syscall"
)

// Extra is 0 where the socket is a stream: what is beyond a message is the next one.
const Extra = 0

// Pair makes the socket: the courier's end and the dialer's, which do not wait and are closed in
// programs that are started without them. It is a stream, since not every system has sockets that
// keep messages apart.
func Pair() (courier, dialer int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return -1, -1, fmt.Errorf("line: %w", err)
	}
	for _, fd := range fds {
		syscall.CloseOnExec(fd)
	}
	if err := errors.Join(syscall.SetNonblock(fds[0], true), syscall.SetNonblock(fds[1], true)); err != nil {
		return -1, -1, fmt.Errorf("line: %w", err)
	}
	return fds[0], fds[1], nil
}
