//go:build linux && !amd64 && !arm64

package memory

import (
	"fmt"

	"tellijn/hal"
)

// secret is not there: the kernel has memfd_secret(2) on few processors.
func secret(int) (int, error) {
	return -1, fmt.Errorf("memfd_secret on this processor: %w", hal.ErrAbsent)
}
