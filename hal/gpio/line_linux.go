package gpio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Line is a line that this program has. It is Out or In, never both: Set on an input and High on an output
// are errors of the kernel or of this package. Nothing runs in the background.
type Line struct {
	place Place
	fd    int
	out   bool
}

// Output takes a line and drives it to a level at once. The error wraps hal.ErrAbsent if there is no such
// line; a line that somebody else has is another error.
func Output(p Place, high bool) (*Line, error) {
	return take(p, true, asks(p.Offset, true, high, Floating))
}

// Input takes a line that something else drives. The errors are those of Output.
func Input(p Place, pull Pull) (*Line, error) {
	return take(p, false, asks(p.Offset, false, false, pull))
}

func take(p Place, out bool, r *request) (*Line, error) {
	chip, err := unix.Open(p.Path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENODEV) || errors.Is(err, unix.ENXIO) {
		return nil, absent(fmt.Sprintf("%s: %v", p.Path, err))
	}
	if err != nil {
		return nil, fmt.Errorf("gpio: %s: %w", p.Path, err)
	}
	defer unix.Close(chip)
	if err := ioctl(chip, getLine, unsafe.Pointer(r)); err != nil {
		if errors.Is(err, unix.EBUSY) {
			return nil, fmt.Errorf("gpio: %s: %w; another driver or program has it", p, err)
		}
		return nil, fmt.Errorf("gpio: %s: %w", p, err)
	}
	return &Line{place: p, fd: r.fd(), out: out}, nil
}

// Set drives an output high or low: one ioctl(2).
func (l *Line) Set(high bool) error {
	if !l.out {
		return fmt.Errorf("gpio: %s is an input, and cannot be set", l.place)
	}
	v := values(0)
	if high {
		v = values(1)
	}
	if err := ioctl(l.fd, SetValues, unsafe.Pointer(&v)); err != nil {
		return fmt.Errorf("gpio: setting %s: %w", l.place, err)
	}
	return nil
}

// High reads an input: one ioctl(2).
func (l *Line) High() (bool, error) {
	if l.out {
		return false, fmt.Errorf("gpio: %s is an output, and is not read", l.place)
	}
	v := values(0)
	if err := ioctl(l.fd, GetValues, unsafe.Pointer(&v)); err != nil {
		return false, fmt.Errorf("gpio: reading %s: %w", l.place, err)
	}
	return binary.NativeEndian.Uint64(v[:])&1 == 1, nil
}

// Fd is the descriptor of the line, and Request all that is ever asked of it: for a list of what a program
// may do.
func (l *Line) Fd() int { return l.fd }

// Request is SetValues of an output and GetValues of an input.
func (l *Line) Request() uint64 {
	if l.out {
		return SetValues
	}
	return GetValues
}

// String is the line as it is printed.
func (l *Line) String() string { return l.place.String() }

// Close lets the line go. What it drove it leaves to the chip: most keep the level, none promises it.
func (l *Line) Close() error {
	if err := unix.Close(l.fd); err != nil {
		return fmt.Errorf("gpio: %s: %w", l.place, err)
	}
	return nil
}

// values is struct gpio_v2_line_values: bits, then the mask of the lines that are meant.
func values(bits uint64) (v [16]byte) {
	binary.NativeEndian.PutUint64(v[:], bits)
	binary.NativeEndian.PutUint64(v[8:], 1)
	return v
}

func ioctl(fd int, request uintptr, arg unsafe.Pointer) error {
	for {
		_, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(arg))
		if e == 0 {
			return nil
		}
		if e != unix.EINTR {
			return e
		}
	}
}
