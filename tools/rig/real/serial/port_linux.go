package serial

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"tellijn/hal"
)

// Open opens a port for reading: 8 bits, no parity, 1 stop bit, no flow control, nothing translated (termios(3),
// "Raw mode"). baud is bits a second. The error wraps hal.ErrAbsent if there is no such port.
func Open(path string, baud int) (io.ReadCloser, error) {
	speed, ok := map[int]uint32{9600: unix.B9600, 19200: unix.B19200, 38400: unix.B38400, 57600: unix.B57600, 115200: unix.B115200,
		230400: unix.B230400, 460800: unix.B460800, 921600: unix.B921600}[baud]
	if !ok {
		return nil, fmt.Errorf("serial: baud %d, want 115200 or another of the usual ones", baud)
	}
	// Without O_NONBLOCK an open waits for a modem's carrier; with it Close ends a read that waits.
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("serial: no port %s: %w; hint: ls /dev/serial/by-id", path, hal.ErrAbsent)
	}
	if err != nil {
		return nil, fmt.Errorf("serial: %w", err)
	}
	if err := raw(f, speed); err != nil {
		f.Close()
		return nil, fmt.Errorf("serial: %s: %w", path, err)
	}
	return f, nil
}

// raw sets the port, and reads back whether it took that.
func raw(f *os.File, speed uint32) (err error) {
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	err2 := c.Control(func(fd uintptr) {
		want := unix.Termios{Iflag: unix.IGNBRK | unix.IGNPAR, Cflag: unix.CS8 | unix.CREAD | unix.CLOCAL | speed, Ispeed: speed, Ospeed: speed}
		want.Cc[unix.VMIN] = 1
		if err = unix.IoctlSetTermios(int(fd), unix.TCSETS, &want); err != nil {
			return
		}
		var got *unix.Termios
		if got, err = unix.IoctlGetTermios(int(fd), unix.TCGETS); err != nil {
			return
		}
		if got.Cflag&unix.CBAUD != speed || got.Cflag&unix.CSIZE != unix.CS8 || got.Lflag != 0 || got.Oflag != 0 {
			err = fmt.Errorf("the port does not take the speed: %#x, want %#x", got.Cflag, want.Cflag)
		}
	})
	return errors.Join(err, err2)
}
