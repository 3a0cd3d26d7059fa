//go:build linux && (amd64 || arm64)

package memory

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// secret makes a file of secret memory (memfd_secret(2), Linux 5.14). It takes one flag: O_CLOEXEC, which
// the manual page calls FD_CLOEXEC by mistake (mm/secretmem.c).
func secret(size int) (int, error) {
	fd, err := unix.MemfdSecret(unix.O_CLOEXEC)
	if err != nil {
		return -1, fmt.Errorf("memfd_secret: %w", err)
	}
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		_ = unix.Close(fd) // it is empty
		return -1, fmt.Errorf("memfd_secret of %d bytes: %w", size, err)
	}
	return fd, nil
}
