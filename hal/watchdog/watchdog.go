// Package watchdog is the timer that starts the whole machine anew unless somebody says often enough that
// all is well. When to say so is decided in firmware/warden/signs; nothing is fed in the background, so that
// a program that hangs feeds nothing. Open begins it, and Stop is the only end that does not lead to a reset.
//
// simdog is the twin without one, and watchdogtest is what every driver has to pass.
package watchdog

import (
	"fmt"
	"time"

	"tellijn/hal"
)

// Watchdog is a watchdog that runs. It is used from one goroutine.
type Watchdog interface {
	// Feed puts the reset off by the whole timeout.
	Feed() error
	// Stop ends the watchdog: there will be no reset. After an error there may be one. After it nothing
	// else is called.
	Stop() error
}

// Timeout is what a device asks for: the chips of Raspberry Pi boards can wait for little more. (Linux,
// drivers/watchdog/bcm2835_wdt.c: 20 bits of 1/65536 s, 15 s at most)
const Timeout = 15 * time.Second

// Keepalive is the request of ioctl(2) that feeds. (Linux, include/uapi/linux/watchdog.h, WDIOC_KEEPALIVE)
const Keepalive = 0x80045705

// Limits of a timeout.
const (
	shortest = time.Second // the kernel takes whole seconds
	longest  = time.Hour
)

func check(timeout time.Duration) error {
	if timeout < shortest || timeout > longest || timeout%time.Second != 0 {
		return fmt.Errorf("watchdog: timeout %v, want whole seconds from %v to %v", timeout, shortest, longest)
	}
	return nil
}

func absent(why string) error { return fmt.Errorf("watchdog: %w: %s", hal.ErrAbsent, why) }
