//go:build !linux

package tap

import (
	"fmt"

	"tellijn/hal"
)

// Tap is one listener; there is none here.
type Tap struct{}

// Open gives an error that wraps hal.ErrAbsent.
func Open(int) (*Tap, error) {
	return nil, fmt.Errorf("%w: listening to packets needs Linux", hal.ErrAbsent)
}

// Close gives nothing.
func (*Tap) Close() ([]Packet, error) { return nil, nil }
