//go:build linux || darwin

package keys

import "golang.org/x/sys/unix"

// raw lets keys count without Enter and without being shown. Everything else of the terminal stays.
func raw(fd int) (back func(), err error) {
	was, err := unix.IoctlGetTermios(fd, get)
	if err != nil {
		return nil, errNone
	}
	if group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err == nil && group != unix.Getpgrp() {
		return nil, errAway
	}
	now := *was
	now.Lflag &^= unix.ICANON | unix.ECHO
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, set, &now); err != nil {
		return nil, errNone
	}
	return func() { _ = unix.IoctlSetTermios(fd, set, was) }, nil
}
