package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// staUnsync is STA_UNSYNC of adjtimex(2), "clock unsynchronized", from <linux/timex.h>. The kernel
// sets it at the start and again when nobody has disciplined the clock until its greatest possible
// error passed 16 seconds.
const staUnsync = 0x0040

// Synced says whether somebody, chrony for one, keeps the machine's clock in step with the world. It
// is one system call, adjtimex(2) with modes 0, which only reads and needs no privilege.
func Synced() bool {
	var t unix.Timex
	_, err := unix.Adjtimex(&t)
	return err == nil && t.Status&staUnsync == 0
}

// Boot is the time since the machine started, with the time that it was asleep: CLOCK_BOOTTIME of
// clock_gettime(2). It never goes back, and is not that of the Clock: it runs at the world's speed.
func (c Clock) Boot() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return time.Since(c.start)
	}
	return time.Duration(t.Nano())
}
