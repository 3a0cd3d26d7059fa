package line

import (
	"fmt"
	"syscall"
)

// Extra is how many bytes to ask for beyond a message: the socket keeps messages apart, so a longer
// one shows.
const Extra = 1

// Pair makes the socket: the courier's end and the dialer's, which do not wait and are closed in
// programs that are started without them.
func Pair() (courier, dialer int, err error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return -1, -1, fmt.Errorf("line: %w", err)
	}
	return fds[0], fds[1], nil
}
