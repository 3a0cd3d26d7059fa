package parts

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/hal/button/buttonsmoke"
	"tellijn/hal/gpio/gpiosmoke"
	"tellijn/hal/lamp/lampsmoke"
	"tellijn/hal/power/powersmoke"
	"tellijn/hal/rtc/rtcsmoke"
	"tellijn/hal/watchdog/watchdogsmoke"
	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/inside"
)

// The test program is also the first process of the virtual machine: there it mounts what it needs, runs the
// tests, and lets the watchdog bite.

// Marks on the console, which the test outside waits for.
const (
	markBite = "GUEST lets the watchdog bite"
	markAsk  = "ASK "
)

// dog is the watchdog of the machine, and bite how long it is told to wait.
const (
	dog  = "/dev/watchdog0"
	bite = 5 * time.Second
)

func TestMain(m *testing.M) {
	if name, ok := strings.CutPrefix(os.Args[0], confinedAs); ok {
		confined(name)
	}
	guesttest.Run(m, guesttest.Tests{Last: last, Prepare: func() error {
		// One chip with two names, as on a Raspberry Pi OS, for everybody who looks for lines.
		return os.Symlink("gpiochip0", "/dev/gpiochip4")
	}})
}

// last lets the watchdog bite. Who comes back was not bitten.
func last() {
	d := watchdogsmoke.Open(fatal{}, dog, bite)
	if err := d.Feed(); err != nil {
		fmt.Println(guesttest.MarkFail, err)
		return
	}
	fmt.Println(markBite)
	time.Sleep(12 * bite)
	fmt.Println(guesttest.MarkFail, "it did not bite within", 12*bite)
}

// fatal is a testing.TB for what happens after the tests.
type fatal struct{ testing.TB }

func (fatal) Helper()             {}
func (fatal) Logf(string, ...any) {}
func (fatal) Fatal(args ...any) {
	fmt.Println(append([]any{guesttest.MarkFail}, args...)...)
	inside.Off()
}
func (f fatal) Skip(args ...any) { f.Fatal(args...) }

// guest skips what is not in the machine.
func guest(t *testing.T) {
	t.Helper()
	if !inside.Guest() {
		t.Skip("runs in a virtual machine; TestMachine does that")
	}
}

// ask has whoever plays the wires do something, and gives the answer.
func ask(out io.Writer, in *bufio.Reader, question string) string {
	fmt.Fprintln(out, markAsk+question)
	line, err := in.ReadString('\n')
	if err != nil {
		fmt.Fprintln(out, guesttest.MarkFail, err)
	}
	return strings.TrimSpace(line)
}

// console asks on the console.
func console(question string) string { return ask(os.Stdout, bufio.NewReader(slow{}), question) }

// slow reads a byte at a time, so that a reader that is thrown away takes nothing with it.
type slow struct{}

func (slow) Read(b []byte) (int, error) { return os.Stdin.Read(b[:1]) }

// level gives what is on a line, seen from outside.
func level(line string) func() bool {
	return func() bool { return console("level "+line+" now") == "true" }
}

// join is a wire from an output to an input.
func join(from, to string) func() {
	return func() { console("join " + from + " " + to) }
}

// TestGuestLines is the first that looks for a line in this process: go test runs the tests of the file that
// sorts first before others, and this one is behind those of confined_linux_test.go, which look in processes
// of their own. What looking leaves behind is nothing.
func TestGuestLines(t *testing.T) {
	guest(t)
	var before, after unix.Stat_t
	if err := unix.Fstat(0, &before); err != nil {
		t.Fatal(err)
	}
	if p := gpiosmoke.Find(t, "GPIO17"); p.Offset != 0 || p.String() != "GPIO17 of 9030000.pl061" {
		t.Errorf("found %+v, %s", p, p)
	}
	if err := unix.Fstat(0, &after); err != nil || before.Rdev != after.Rdev || before.Ino != after.Ino {
		t.Errorf("descriptor 0 was %+v and is %+v, %v", before, after, err)
	}
	links, _ := filepath.Glob("/proc/self/fd/*")
	for _, link := range links {
		if to, _ := os.Readlink(link); strings.Contains(to, "gpio") {
			t.Errorf("%s is %s", link, to)
		}
	}
	gpiosmoke.Follows(t, "GPIO5", "GPIO6", join("GPIO5", "GPIO6"))
	gpiosmoke.Follows(t, "GPIO6", "GPIO5", join("GPIO6", "GPIO5"))
}

func TestGuestAlone(t *testing.T) {
	guest(t)
	gpiosmoke.Alone(t, "GPIO5")
}

func TestGuestLamp(t *testing.T) {
	guest(t)
	lampsmoke.Conforms(t, "GPIO22", level("GPIO22"))
	lampsmoke.ReadBack(t, "GPIO22", "GPIO6", join("GPIO22", "GPIO6"))
}

func TestGuestButton(t *testing.T) {
	guest(t)
	buttonsmoke.Conforms(t, "GPIO23", func(down bool) {
		console("drive GPIO23 " + map[bool]string{true: "low", false: "high"}[down])
	})
}

func TestGuestPower(t *testing.T) {
	guest(t)
	powersmoke.Conforms(t, "GPIO17", level("GPIO17"))
	powersmoke.Supplies(t, "GPIO17", "GPIO27", level("GPIO17"), join("GPIO17", "GPIO27"))
}

func TestGuestWatchdog(t *testing.T) {
	guest(t)
	watchdogsmoke.Alone(t, dog)
	watchdogsmoke.Conforms(t, dog, bite, time.Sleep)
}

func TestGuestClock(t *testing.T) {
	guest(t)
	rtcsmoke.Conforms(t, "/dev/rtc0", time.Now, time.Sleep)
}
