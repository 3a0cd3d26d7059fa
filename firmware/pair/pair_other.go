//go:build !linux

package pair

import "syscall"

// extra is 0 where the socket is a stream: what is beyond a message is the next one.
const extra = 0

// receiveFlags waits for a whole message.
const receiveFlags = syscall.MSG_WAITALL

// both makes a stream, since not every system has sockets that keep messages apart.
func both() (fds [2]int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if fds, err = syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0); err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	return fds, err
}
