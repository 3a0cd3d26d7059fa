//go:build !linux

package serial

import (
	"fmt"
	"io"

	"tellijn/hal"
)

// Open opens a port on Linux only; elsewhere the error wraps hal.ErrAbsent.
func Open(path string, _ int) (io.ReadCloser, error) {
	return nil, fmt.Errorf("serial: %s: ports are opened on Linux: %w", path, hal.ErrAbsent)
}
