package keys

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTerminal presses keys on a terminal that the kernel pretends (pty(7)).
func TestTerminal(t *testing.T) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pretended terminals here: %v", err)
	}
	defer master.Close()
	n, err := unix.IoctlGetUint32(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pretended terminals here: %v", err)
	}
	defer slave.Close()
	flags := func() uint32 {
		s, err := unix.IoctlGetTermios(int(slave.Fd()), get)
		if err != nil {
			t.Fatal(err)
		}
		return s.Lflag
	}
	before := flags()
	pressed, single, end := Listen(slave)
	if !single {
		t.Error("a terminal is not taken for one")
	}
	if now := flags(); now&unix.ISIG == 0 || now&(unix.ICANON|unix.ECHO) != 0 {
		t.Errorf("flags %#x: Ctrl-C has to stay a signal, keys have to come one by one", now)
	}
	if _, err := master.WriteString("nQ"); err != nil {
		t.Fatal(err)
	}
	if a, b := press(t, pressed), press(t, pressed); a != 'n' || b != 'q' {
		t.Errorf("%q and %q, want n and q", a, b)
	}
	end()
	end()
	if now := flags(); now != before {
		t.Errorf("flags %#x after the end, were %#x", now, before)
	}
}
