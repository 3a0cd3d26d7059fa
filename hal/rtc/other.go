//go:build !linux

package rtc

import "time"

// Requests of ioctl(2), of which there are none here.
const (
	RequestRead  = 0
	RequestSet   = 0
	RequestPower = 0
)

// Device is a clock, which nobody gets here.
type Device struct{}

// Open says that there is none: only Linux has clocks that are files.
func Open(string) (*Device, error) { return nil, absent("only Linux has clocks that are files") }

// Fd is no descriptor.
func (d *Device) Fd() int { return -1 }

// String is empty.
func (d *Device) String() string { return "" }

// Read says that there is none.
func (d *Device) Read() (time.Time, error) { return time.Time{}, absent("a clock") }

// Set says that there is none.
func (d *Device) Set(time.Time) error { return absent("a clock") }

// Close does nothing.
func (d *Device) Close() error { return nil }
