package clock

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/hal/clock"
	"tellijn/hal/clock/adjust"
	"tellijn/hal/rtc"
	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/inside"
	"tellijn/tools/rig/segment"
)

// TestMain is the first process of the virtual machine too.
func TestMain(m *testing.M) {
	guesttest.Run(m, guesttest.Tests{Prepare: func() error { return os.MkdirAll("/etc", 0o755) }})
}

func guest(t *testing.T) {
	if !inside.Guest() {
		t.Skip("for the virtual machine")
	}
}

func near(t *testing.T, what string, got, want time.Time, by time.Duration) {
	t.Helper()
	if got.Sub(want).Abs() > by {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// run runs a scout for so long.
func run(t *testing.T, d time.Duration, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	c := exec.Command("/scout", args...)
	c.Stdout, c.Stderr, c.Env = &out, &out, []string{}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(d)
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
	if !strings.Contains(string(status), "Seccomp:\t2") || !strings.Contains(string(status), "CapEff:\t00000000020030e0") {
		t.Errorf("not confined:\n%s", status)
	}
	c.Process.Signal(syscall.SIGTERM)
	if err := c.Wait(); err != nil {
		t.Errorf("%v", err)
	}
	t.Logf("%s", out.String())
	return out.String()
}

// TestGuestScout runs the real program with a real clock chip: one that can be right is believed, one from before
// the floor, or long after it, is not.
func TestGuestScout(t *testing.T) {
	guest(t)
	real, err := time.Parse("2006-01-02T15:04:05", begins)
	if err != nil {
		t.Fatal(err)
	}
	a := adjust.Clock{}
	if err := a.Step(time.Unix(1000, 0).Sub(a.Now())); err != nil || clock.Synced() {
		t.Fatalf("1970: %v, synced %v", err, clock.Synced())
	}
	floor := real.Add(-100 * 24 * time.Hour)
	run(t, 3*time.Second, "-network", "none", "-rtc", "/dev/rtc0", "-floor", fmt.Sprint(floor.Unix()))
	near(t, "a believed chip", time.Now(), real, 4*time.Minute)
	if !clock.Synced() {
		t.Error("a time that is believed is not synced")
	}
	for _, floor := range []time.Time{real.Add(24 * time.Hour), real.Add(-401 * 24 * time.Hour)} {
		out := run(t, 3*time.Second, "-network", "none", "-rtc", "/dev/rtc0", "-floor", fmt.Sprint(floor.Unix()))
		near(t, "a chip that is not believed", time.Now(), floor, 4*time.Minute)
		if clock.Synced() || !strings.Contains(out, "Skipped  clock: /dev/rtc0 says 2027-03-01") {
			t.Errorf("synced %v", clock.Synced())
		}
	}
}

// TestGuestNetwork runs the real program with a real network card: it is given an address and the time, sets the
// clock and its chip, and has no port.
func TestGuestNetwork(t *testing.T) {
	guest(t)
	real, err := time.Parse("2006-01-02T15:04:05", begins)
	if err != nil {
		t.Fatal(err)
	}
	a := adjust.Clock{}
	if err := a.Step(real.Sub(a.Now())); err != nil {
		t.Fatal(err)
	}
	out := run(t, 25*time.Second, "-time", segment.Router+":123", "-time", segment.Clock+":123", "-rtc", "/dev/rtc0", "-floor", fmt.Sprint(real.Add(-100*24*time.Hour).Unix()))
	near(t, "the time of the network", time.Now(), real.Add(later), 4*time.Minute)
	for _, want := range []string{"Loaded   network: eth0: 192.0.2.", "Loaded   time: told by the network", "Loaded   clock: /dev/rtc0, set"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q", want)
		}
	}
	if !clock.Synced() {
		t.Error("not synced")
	}
	d, err := rtc.Open("/dev/rtc0")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if got, err := d.Read(); err != nil || time.Until(got).Abs() > 3*time.Second {
		t.Errorf("the chip says %v, %v", got, err)
	}
	if err := d.Set(real); err != nil { // as the tests that follow want it
		t.Error(err)
	}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6", "raw", "raw6"} {
		if b, _ := os.ReadFile("/proc/net/" + table); strings.Count(string(b), "\n") > 1 {
			t.Errorf("%s:\n%s", table, b)
		}
	}
}

// TestGuestClock does to a real clock what the setter does, and sees what programs see.
func TestGuestClock(t *testing.T) {
	guest(t)
	a, was := adjust.Clock{}, time.Now()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	boot := a.Boot()
	must(a.Step(90 * 24 * time.Hour))
	near(t, "the clock", time.Now().Round(0), was.Round(0).Add(90*24*time.Hour), time.Minute)
	if a.Boot()-boot > time.Minute {
		t.Error("the other clock went with it")
	}
	if clock.Synced() {
		t.Error("synced after a step")
	}
	must(a.Believe(10 * time.Millisecond))
	if !clock.Synced() {
		t.Error("not synced though it is believed")
	}
	must(a.Slew(200 * time.Millisecond))
	if !clock.Synced() {
		t.Error("not synced while it makes up for something")
	}
	must(a.Doubt())
	if clock.Synced() {
		t.Error("synced though it is doubted")
	}
	// The kernel takes a belief away when its greatest error passes 16 s; it grows by half a millisecond a
	// second. So the kernel's own bound holds where nobody is left to doubt.
	must(a.Believe(16*time.Second - 800*time.Microsecond))
	if !clock.Synced() {
		t.Error("not synced at once")
	}
	for end := time.Now().Add(20 * time.Second); clock.Synced() && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
	}
	if clock.Synced() {
		t.Error("still synced when the error passed 16 s")
	}
	d, err := rtc.Open("/dev/rtc0")
	must(err)
	defer d.Close()
	must(d.Set(time.Now()))
	got, err := d.Read()
	must(err)
	near(t, "the chip", got, time.Now(), 2*time.Second)
	var x unix.Timex
	_, err = unix.Adjtimex(&x)
	must(err)
}
