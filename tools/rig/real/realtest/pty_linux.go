package realtest

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Port gives a serial port of this computer, by its path, and the board's end of it. (pts(4), ptmx(4))
func Port(tb testing.TB) (path string, board *os.File) {
	tb.Helper()
	f, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		tb.Skip("no pseudo-terminals here: ", err)
	}
	tb.Cleanup(func() { f.Close() })
	number := 0
	c, err := f.SyscallConn()
	if err != nil {
		tb.Fatal(err)
	}
	err2 := c.Control(func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err == nil {
			number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	})
	if err != nil || err2 != nil {
		tb.Fatal(err, err2)
	}
	return fmt.Sprintf("/dev/pts/%d", number), f
}
