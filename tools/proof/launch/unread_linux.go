package launch

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// unread asks the kernel how many bytes a pipe holds. (pipe(7); FIONREAD and TIOCINQ are one number)
func unread(f *os.File) (n int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	inner := raw.Control(func(fd uintptr) { n, err = unix.IoctlGetInt(int(fd), unix.TIOCINQ) })
	if inner != nil {
		return 0, inner
	}
	return n, err
}

// ends gives a function that returns once a process has ended, and takes nothing from whoever waits
// for it. (pidfd_open(2))
func ends(pid int) (func(), error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, fmt.Errorf("launch: %w", err)
	}
	return func() {
		defer unix.Close(fd)
		for {
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
			if n > 0 || err != nil && err != unix.EINTR {
				return
			}
		}
	}, nil
}
