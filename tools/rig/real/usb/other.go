//go:build !linux

package usb

import (
	"fmt"

	"tellijn/hal"
)

func open(node string) (Control, error) {
	return nil, fmt.Errorf("usb: %s: devices are opened on Linux: %w", node, hal.ErrAbsent)
}
