//go:build !linux

package disk

import (
	"errors"
	"fmt"
	"os"
)

// Mount says that there are no small disks here.
func Mount(string, int) error {
	return fmt.Errorf("disk: small disks are for Linux: %w", errors.ErrUnsupported)
}

// Unmount does nothing.
func Unmount(string) {}

func reserve(*os.File, int64, int64) error { return errors.ErrUnsupported }
