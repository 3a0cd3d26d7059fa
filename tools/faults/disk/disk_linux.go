package disk

import (
	"fmt"
	"os"
	"syscall"
)

// Mount puts a disk of so many bytes on a folder.
func Mount(dir string, size int) error {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0755", size)); err != nil {
		return fmt.Errorf("disk: mounting a small file system needs root: %w", err)
	}
	return nil
}

// Unmount takes it away, with all that is on it.
func Unmount(dir string) { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }

// reserve takes room on the disk. (fallocate(2))
func reserve(f *os.File, at, size int64) error { return syscall.Fallocate(int(f.Fd()), 0, at, size) }
