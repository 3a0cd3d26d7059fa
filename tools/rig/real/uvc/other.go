//go:build !linux || !(amd64 || arm64)

package uvc

import (
	"fmt"

	"tellijn/hal"
	"tellijn/tools/rig/real/tape"
)

// Device needs Linux on a 64-bit machine.
type Device struct{}

// Open is an error here that wraps hal.ErrAbsent.
func Open(path string, _ tape.Format, _ func(tape.Message) error) (*Device, error) {
	return nil, fmt.Errorf("uvc: %s: cameras are made on Linux, on 64-bit machines: %w", path, hal.ErrAbsent)
}

// Turn does nothing.
func (d *Device) Turn(int, *tape.Message) (bool, error) { return false, hal.ErrAbsent }

// Close does nothing.
func (d *Device) Close() error { return nil }
