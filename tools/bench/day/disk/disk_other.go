//go:build !linux

package disk

import (
	"fmt"
	"time"

	"tellijn/hal"
)

// Disk is one device; there is none here.
type Disk struct {
	// Path is where it is mounted.
	Path string
}

// Make gives an error that wraps hal.ErrAbsent.
func Make(_, _ string) (*Disk, error) {
	return nil, fmt.Errorf("%w: counting what is written to a block device needs Linux", hal.ErrAbsent)
}

// Written gives nothing.
func (*Disk) Written() (int64, error) { return 0, nil }

// Flush does nothing.
func (*Disk) Flush() error { return nil }

// Hurry does nothing.
func (*Disk) Hurry(time.Duration) {}

// Close does nothing.
func (*Disk) Close() error { return nil }
