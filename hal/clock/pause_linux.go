package clock

import (
	"syscall"
	"time"
)

// Pause waits for d, or a little less when a signal comes. It is one system call, nanosleep(2): it
// needs no timer of Go, which would make descriptors at its first use, and a confined program
// may not.
func Pause(d time.Duration) {
	if d > 0 {
		t := syscall.NsecToTimespec(int64(d))
		_ = syscall.Nanosleep(&t, nil)
	}
}
