package alarm

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// New makes an alarm that is not set. The error wraps hal.ErrAbsent where the kernel has none.
func New() (*Alarm, error) {
	// CLOCK_MONOTONIC does not run while the machine sleeps, and neither does the eye.
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err == unix.ENOSYS {
		return nil, absent{"this kernel has no timers that are files"}
	}
	if err != nil {
		return nil, fmt.Errorf("alarm: %w", err)
	}
	return &Alarm{os.NewFile(uintptr(fd), "alarm")}, nil
}

// Hand is the eye's end. Use At.
type Hand struct {
	fd         int
	when, none unix.ItimerSpec
}

// At takes the alarm that was handed down as descriptor fd, and stops it. The error wraps
// hal.ErrAbsent if that descriptor is no alarm.
func At(fd int) (*Hand, error) {
	h := &Hand{fd: fd}
	if err := h.Disarm(); err != nil {
		return nil, absent{fmt.Sprintf("descriptor %d is no alarm (%v)", fd, err)}
	}
	return h, nil
}

// Arm lets the alarm run out after d, which is more than 0, unless it is set anew or stopped before.
// It is one system call, timerfd_settime(2) with flags 0, and allocates nothing.
func (h *Hand) Arm(d time.Duration) error {
	h.when.Value = unix.NsecToTimespec(int64(max(d, 1)))
	return h.set(&h.when)
}

// Disarm stops the alarm with one system call, and allocates nothing.
func (h *Hand) Disarm() error { return h.set(&h.none) }

func (h *Hand) set(to *unix.ItimerSpec) error {
	if err := unix.TimerfdSettime(h.fd, 0, to, nil); err != nil {
		return fmt.Errorf("alarm: %w", err)
	}
	return nil
}
