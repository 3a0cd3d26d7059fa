package run

import (
	"io"
	"syscall"
)

// Pipe is a descriptor that is used directly: os.File would bring in a poller.
type Pipe int

// Write does one write(2), again only when a signal came before the first byte.
func (p Pipe) Write(b []byte) (int, error) {
	for {
		n, err := syscall.Write(int(p), b)
		if err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}

// Read does one read(2), straight into b.
func (p Pipe) Read(b []byte) (int, error) {
	for {
		n, err := syscall.Read(int(p), b)
		switch {
		case err == syscall.EINTR:
		case n == 0 && err == nil && len(b) > 0:
			return 0, io.EOF
		default:
			return max(n, 0), err
		}
	}
}
