package watchdog

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Device is a watchdog of the kernel. (Linux, Documentation/watchdog/watchdog-api.rst)
type Device struct {
	path, name string
	fd         int
	timeout    time.Duration
	magic      bool
}

// Open opens the device at path, which begins the watchdog: from here on Feed is due within Timeout. It asks
// for a timeout and takes what the driver can. The error wraps hal.ErrAbsent if there is none.
func Open(path string, timeout time.Duration) (*Device, error) {
	if err := check(timeout); err != nil {
		return nil, err
	}
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENODEV) || errors.Is(err, unix.ENXIO) {
		return nil, absent(fmt.Sprintf("%s: %v", path, err))
	}
	if err != nil {
		return nil, fmt.Errorf("watchdog: %s: %w", path, err)
	}
	d := &Device{path: path, fd: fd}
	if err := d.begin(int(timeout / time.Second)); err != nil {
		return nil, errors.Join(fmt.Errorf("watchdog: %s: %w", path, err), d.Stop())
	}
	return d, nil
}

// begin asks what it is and sets its timeout.
func (d *Device) begin(seconds int) error {
	info, err := unix.IoctlGetWatchdogInfo(d.fd)
	if err != nil {
		return fmt.Errorf("is it a watchdog? %w", err)
	}
	name, _, _ := bytes.Cut(info.Identity[:], []byte{0})
	d.name, d.magic = string(name), info.Options&unix.WDIOF_MAGICCLOSE != 0
	// A driver that cannot wait that long keeps what it had, and the kernel gives EINVAL; one that has only
	// one timeout gives EOPNOTSUPP.
	_ = unix.IoctlSetPointerInt(d.fd, unix.WDIOC_SETTIMEOUT, seconds)
	got, err := unix.IoctlGetInt(d.fd, unix.WDIOC_GETTIMEOUT)
	if err == nil && got < 1 {
		err = unix.ERANGE
	}
	if err != nil {
		return fmt.Errorf("its timeout is %d s: %w", got, err)
	}
	d.timeout = time.Duration(got) * time.Second
	return nil
}

// Timeout is how long it waits for Feed.
func (d *Device) Timeout() time.Duration { return d.timeout }

// String is the watchdog as it is printed.
func (d *Device) String() string { return fmt.Sprintf("%s of %s, %v", d.path, d.name, d.timeout) }

// Fd is the descriptor of the device, and Request all that is ever asked of it by ioctl(2) once it is open:
// for a list of what a program may do. Stop writes one byte besides, and closes it.
func (d *Device) Fd() int { return d.fd }

// Request is the one that feeds.
func (d *Device) Request() uint64 { return Keepalive }

// Feed is one ioctl(2).
func (d *Device) Feed() error {
	if err := unix.IoctlWatchdogKeepalive(d.fd); err != nil { // which makes this request
		return fmt.Errorf("watchdog: %s: %w", d.path, err)
	}
	return nil
}

// Stop writes the byte that says that closing is meant, and closes. A driver or a kernel that cannot be
// stopped (CONFIG_WATCHDOG_NOWAYOUT) is an error, after which the machine starts anew within Timeout.
func (d *Device) Stop() error {
	_, err := unix.Write(d.fd, []byte("V"))
	if err == nil && !d.magic && d.name != "" {
		err = errors.New("this driver cannot be stopped")
	}
	if err = errors.Join(err, unix.Close(d.fd)); err != nil {
		return fmt.Errorf("watchdog: %s: %w", d.path, err)
	}
	return nil
}
