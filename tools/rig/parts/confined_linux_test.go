package parts

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/firmware/warden/parts"
	"tellijn/hal/gpio"
	"tellijn/hal/watchdog/watchdogsmoke"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
)

// confinedAs is how this program is called where it plays the core: it opens the parts of a board as the core
// does, is confined as the core is, and then does what its name says.
const confinedAs = "core:"

// table is what hangs on the board.
func table() plan.Parts {
	return plan.Parts{CameraPower: "GPIO17", CameraLamp: "GPIO27", Lamp: "GPIO22", Button: "GPIO23", Watchdog: dog}
}

// open opens the parts as the core of a real board does, so that nothing is left out quietly.
func open() (*parts.Set, error) {
	var said []string
	set := parts.Open(&boards.Board{Kind: boards.Real, Driver: "v4l2", Parts: table()}, parts.Machine(),
		func() time.Duration { return 0 }, func(line string) { said = append(said, line) })
	if len(set.Devices) != 5 {
		return set, fmt.Errorf("%q", said)
	}
	for _, line := range said {
		fmt.Println(line)
	}
	return set, nil
}

// confined plays the core, and ends.
func confined(name string) {
	set, err := open()
	if err == nil {
		_, err = confine.Enter(sandbox.Warden(3, -1, os.Getpid(), set.Devices...))
	}
	if err == nil {
		err = does(name, set)
	}
	if err = errors.Join(err, set.Close()); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

// does is what a core does with its parts, or what it may not.
func does(name string, set *parts.Set) error {
	fd := func(n int) uintptr { return uintptr(set.Devices[n].Fd) }
	const power, back, lamp, button, dog = 0, 1, 2, 3, 4
	var v [600]byte
	ioctl := func(fd uintptr, request uintptr) error {
		_, _, e := unix.Syscall(unix.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(&v)))
		return fmt.Errorf("%s: the kernel let it through: %w", name, e)
	}
	switch name {
	case "work":
		return work(set)
	case "drive the button":
		return ioctl(fd(button), gpio.SetValues)
	case "drive the supply":
		return ioctl(fd(back), gpio.SetValues)
	case "read the lamp":
		return ioctl(fd(lamp), gpio.GetValues)
	case "turn the switch into an input":
		return ioctl(fd(power), 0xc110b40d) // GPIO_V2_LINE_SET_CONFIG_IOCTL
	case "let the watchdog wait longer":
		return ioctl(fd(dog), unix.WDIOC_SETTIMEOUT)
	case "set the lamp of the watchdog":
		return ioctl(fd(dog), gpio.SetValues)
	case "feed the lamp":
		return ioctl(fd(lamp), unix.WDIOC_KEEPALIVE)
	case "ask the terminal":
		return ioctl(0, unix.TCGETS)
	case "take another line":
		_, err := gpio.Input(gpio.Place{Name: "GPIO5", Path: "/dev/gpiochip0", Chip: "x", Offset: 5}, gpio.Up)
		return fmt.Errorf("%s: %w", name, err)
	}
	return fmt.Errorf("%q is nothing", name)
}

// work uses every part, and has each looked at from outside.
func work(set *parts.Set) error {
	in := bufio.NewReader(slow{})
	for turn := range 6 {
		on := turn%2 == 0
		do := set.Power.Off
		if on {
			do = set.Power.On
		}
		if err := errors.Join(do(), set.Lamp.Set(!on), set.Watchdog.Feed()); err != nil {
			return err
		}
		ask(os.Stdout, in, "join GPIO17 GPIO27")
		ask(os.Stdout, in, "drive GPIO23 "+map[bool]string{true: "low", false: "high"}[on])
		lit, err := set.Supply.Lit()
		down, err2 := set.Button.Pressed()
		power, lamp := ask(os.Stdout, in, "level GPIO17 now"), ask(os.Stdout, in, "level GPIO22 now")
		if err := errors.Join(err, err2); err != nil || lit != on || down != on || power != fmt.Sprint(on) || lamp != fmt.Sprint(!on) {
			return fmt.Errorf("turn %d: supply lit %v, button pressed %v, line of the switch %s, of the lamp %s, want %v, %v, %v, %v; %w",
				turn, lit, down, power, lamp, on, on, on, !on, err)
		}
	}
	return nil
}

// run runs this program as a core that does something.
func run(t *testing.T, name string) (string, syscall.WaitStatus) {
	t.Helper()
	c := exec.Command("/proc/self/exe")
	c.Args, c.Env = []string{confinedAs + name}, []string{"GODEBUG=updatemaxprocs=0,containermaxprocs=0,decoratemappings=0"}
	var said strings.Builder
	c.Stdin, c.Stderr = os.Stdin, &said
	if name == "work" {
		c.Stdout = os.Stdout // where its questions go
	} else {
		c.Stdout = &said
	}
	err := c.Run()
	if c.ProcessState == nil {
		t.Fatalf("%s: %v", name, err)
	}
	return said.String(), c.ProcessState.Sys().(syscall.WaitStatus)
}

// TestGuestCore uses all parts under the list of calls of the core.
func TestGuestCore(t *testing.T) {
	guest(t)
	if said, how := run(t, "work"); how != 0 {
		t.Errorf("ended with %#x: %s", how, said)
	}
}

// TestGuestBounds has cores that ask for more. Each is ended by the kernel, and the watchdog, which it had, is
// taken over before it bites.
func TestGuestBounds(t *testing.T) {
	guest(t)
	for _, name := range []string{"drive the button", "drive the supply", "read the lamp", "turn the switch into an input", "let the watchdog wait longer",
		"set the lamp of the watchdog", "feed the lamp", "ask the terminal", "take another line"} {
		said, how := run(t, name)
		if !how.Signaled() || how.Signal() != syscall.SIGSYS {
			t.Errorf("%s: ended with %#x: %s", name, how, said)
		}
		if n := strings.Count(said, "Loaded   "); n != 5 {
			t.Errorf("%s: it did not come so far: %s", name, said)
		}
	}
	if err := watchdogsmoke.Open(t, dog, 15*time.Second).Stop(); err != nil {
		t.Error(err)
	}
}
