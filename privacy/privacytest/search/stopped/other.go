//go:build !linux

package stopped

import (
	"fmt"
	"runtime"

	"tellijn/hal"
)

// Process is never made here.
type Process struct{}

// Stop answers an error wrapping hal.ErrAbsent.
func Stop(pid int) (*Process, error) {
	return nil, fmt.Errorf("stopped: process %d: %s has no way for this, Linux has: %w", pid, runtime.GOOS, hal.ErrAbsent)
}

// Threads has no meaning here.
func (*Process) Threads() int { return 0 }

// Registers has no meaning here.
func (*Process) Registers(func(name string, b []byte)) error { return hal.ErrAbsent }

// Resume has no meaning here.
func (*Process) Resume() error { return nil }
