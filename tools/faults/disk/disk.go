// Package disk gives small disks that can be filled to the last byte, so that programs meet ENOSPC while
// the rest of the machine does not. It needs root and Linux, and touches nothing outside the folders that
// it is given.
package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Fill takes all that is left of the disk of a folder, down to ENOSPC, and gives what frees it again.
func Fill(dir string) (free func() error, err error) {
	path := filepath.Join(dir, "ballast")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("disk: %w", err)
	}
	defer f.Close()
	free = func() error { return os.Remove(path) }
	size := int64(0)
	for step := int64(64 << 20); step >= 4096; {
		err = reserve(f, size, step)
		switch {
		case err == nil:
			size += step
		case errors.Is(err, syscall.ENOSPC):
			step /= 2
		default:
			return nil, errors.Join(fmt.Errorf("disk: it could not be filled: %w", err), free())
		}
	}
	if _, err = f.WriteAt(make([]byte, 4096), size); !errors.Is(err, syscall.ENOSPC) {
		return nil, errors.Join(fmt.Errorf("disk: not full after %d bytes: %w", size, err), free())
	}
	return free, nil
}
