//go:build !linux

package lines

import (
	"fmt"
	"io"

	"tellijn/hal"
)

func openHID(path string) (io.ReadWriteCloser, error) {
	return nil, fmt.Errorf("lines: %s: adapters are opened on Linux: %w", path, hal.ErrAbsent)
}

func openChip(path string, _, _ []string) (Adapter, error) {
	return nil, fmt.Errorf("lines: %s: adapters are opened on Linux: %w", path, hal.ErrAbsent)
}
