package pair

import "syscall"

// extra is how many bytes to ask for beyond a message: the socket keeps messages apart, so a longer
// one shows.
const extra = 1

// receiveFlags lets descriptors arrive closed in programs that are started later.
const receiveFlags = syscall.MSG_CMSG_CLOEXEC

func both() ([2]int, error) {
	return syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
}
