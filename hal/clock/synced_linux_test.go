package clock

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestSynced holds Synced to the return value of adjtimex(2), TIME_ERROR, which follows from the
// same bit and a few of hardware that computers do not have.
func TestSynced(t *testing.T) {
	var x unix.Timex
	state, err := unix.Adjtimex(&x)
	if err != nil {
		t.Skip("adjtimex is not allowed here: ", err)
	}
	if want := state != unix.TIME_ERROR; Synced() != want {
		t.Errorf("synced %v, but the kernel's state is %d", Synced(), state)
	}
	t.Logf("synced %v, status %#x", Synced(), x.Status)
}

// TestBootIsUptime holds Boot to proc(5) /proc/uptime, which counts from the start too.
func TestBootIsUptime(t *testing.T) {
	b, err := os.ReadFile("/proc/uptime")
	if err != nil {
		t.Skip("no /proc/uptime: ", err)
	}
	seconds, err := strconv.ParseFloat(strings.Fields(string(b))[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(1, false)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Boot(); (got - time.Duration(seconds*1e9)).Abs() > 10*time.Second {
		t.Errorf("%v since the start, but the kernel says %.0f s", got, seconds)
	}
}
