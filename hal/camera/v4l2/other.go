//go:build !linux

package v4l2

import (
	"fmt"
	"runtime"

	"tellijn/hal"
	"tellijn/hal/camera"
)

// Source exists only on Linux; elsewhere Open never gives one.
type Source struct{ camera.Source }

// Open answers an error wrapping hal.ErrAbsent.
func Open(path string, _ Options) (*Source, error) {
	return nil, fmt.Errorf("v4l2: %q: Linux has V4L2, %s has not; use a simulated camera or a clip: %w", path, runtime.GOOS, hal.ErrAbsent)
}

// Descriptor has no meaning here.
func (*Source) Descriptor() int { return -1 }

// Driver has no meaning here.
func (*Source) Driver() string { return "" }

// Locks has no meaning here.
func (*Source) Locks() []Lock { return nil }
