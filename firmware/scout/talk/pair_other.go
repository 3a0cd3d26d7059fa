//go:build !linux

package talk

import (
	"errors"
	"syscall"
)

const (
	extra        = 0
	receiveFlags = syscall.MSG_WAITALL
)

// pair makes none: the scout is for the machine of a board.
func pair() (fds [2]int, err error) {
	return fds, errors.New("only built for Linux")
}
