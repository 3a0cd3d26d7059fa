//go:build !linux

package clock

import "time"

// Synced says whether somebody keeps the machine's clock in step with the world; here it is not known.
func Synced() bool { return false }

// Boot is the time since the clock was opened at the world's speed. It never goes back.
func (c Clock) Boot() time.Duration { return time.Since(c.start) }
