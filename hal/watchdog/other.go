//go:build !linux

package watchdog

import "time"

// Device is a watchdog, which nobody gets here.
type Device struct{}

// Open says that there is none: only Linux has watchdogs that are files.
func Open(_ string, timeout time.Duration) (*Device, error) {
	if err := check(timeout); err != nil {
		return nil, err
	}
	return nil, absent("only Linux has watchdogs that are files")
}

// Timeout is none.
func (d *Device) Timeout() time.Duration { return 0 }

// String is empty.
func (d *Device) String() string { return "" }

// Fd is no descriptor.
func (d *Device) Fd() int { return -1 }

// Request is the one that feeds.
func (d *Device) Request() uint64 { return Keepalive }

// Feed does nothing.
func (d *Device) Feed() error { return absent("a watchdog") }

// Stop does nothing.
func (d *Device) Stop() error { return absent("a watchdog") }
