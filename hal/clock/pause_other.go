//go:build !linux

package clock

import "time"

// Pause waits for d.
func Pause(d time.Duration) { time.Sleep(d) }
