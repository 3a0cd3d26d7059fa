package rtc

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Requests of ioctl(2) that a Device makes, for a list of what a program may do. (linux/rtc.h)
const (
	RequestRead  = unix.RTC_RD_TIME
	RequestSet   = unix.RTC_SET_TIME
	RequestPower = unix.RTC_VL_READ
)

// Device is a clock of the kernel. (Linux, Documentation/admin-guide/rtc.rst)
type Device struct {
	path string
	fd   int
}

// Open opens the clock at path. The error wraps hal.ErrAbsent if there is none.
func Open(path string) (*Device, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENODEV) || errors.Is(err, unix.ENXIO) {
		return nil, absent(fmt.Sprintf("%s: %v", path, err))
	}
	if err != nil {
		return nil, fmt.Errorf("rtc: %s: %w", path, err)
	}
	return &Device{path, fd}, nil
}

// Fd is the descriptor of the device.
func (d *Device) Fd() int { return d.fd }

// String is the clock as it is printed.
func (d *Device) String() string { return d.path }

// Read asks whether the clock had power, and for its time.
func (d *Device) Read() (time.Time, error) {
	// RTC_VL_DATA_INVALID: the voltage was too low, and the time is not to be trusted. Many drivers cannot
	// tell, which is no error.
	const dataInvalid = 1
	if low, err := unix.IoctlGetInt(d.fd, unix.RTC_VL_READ); err == nil && low&dataInvalid != 0 {
		return time.Time{}, fmt.Errorf("rtc: %s: %w: it says itself that it had no power", d.path, ErrLost)
	}
	got, err := unix.IoctlGetRTCTime(d.fd)
	if errors.Is(err, unix.EINVAL) { // a driver that knows that its clock had no power
		err = fmt.Errorf("%w: %w", ErrLost, err)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("rtc: %s: %w", d.path, err)
	}
	t, err := fields{int(got.Sec), int(got.Min), int(got.Hour), int(got.Mday), int(got.Mon), int(got.Year)}.time()
	if err != nil {
		return time.Time{}, fmt.Errorf("rtc: %s: %w", d.path, err)
	}
	return t, nil
}

// Set needs the right to set clocks (CAP_SYS_TIME).
func (d *Device) Set(t time.Time) error {
	if err := Check(t); err != nil {
		return fmt.Errorf("rtc: %s is not set: %w", d.path, err)
	}
	f := of(t)
	err := unix.IoctlSetRTCTime(d.fd, &unix.RTCTime{Sec: int32(f.second), Min: int32(f.minute), Hour: int32(f.hour), Mday: int32(f.day),
		Mon: int32(f.month), Year: int32(f.year)})
	if err != nil {
		return fmt.Errorf("rtc: setting %s: %w", d.path, err)
	}
	return nil
}

// Close lets the clock go, which runs on.
func (d *Device) Close() error {
	if err := unix.Close(d.fd); err != nil {
		return fmt.Errorf("rtc: %s: %w", d.path, err)
	}
	return nil
}
