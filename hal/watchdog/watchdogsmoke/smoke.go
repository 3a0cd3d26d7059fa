// Package watchdogsmoke tries the watchdog of a board. It is for tests and the rig.
//
// Wiring: none, it is in the chip. Nothing else may have it open; on a desk say systemctl mask
// systemd-watchdog first if there is such a service. If the test fails halfway the machine starts anew within
// fifteen seconds, which is what it is for: keep nothing unsaved on it. Run as root
//
//	TELLIJN_WATCHDOG=/dev/watchdog0 go test -v ./hal/watchdog/watchdogsmoke
//
// tools/rig/parts does it in a virtual machine, and lets it bite there.
package watchdogsmoke

import (
	"errors"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/hal/watchdog"
	"tellijn/hal/watchdog/watchdogtest"
)

// Open begins the watchdog, or ends the test.
func Open(t testing.TB, path string, timeout time.Duration) *watchdog.Device {
	t.Helper()
	d, err := watchdog.Open(path, timeout)
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s, asked for %v", d, timeout)
	return d
}

// Conforms runs the conformance suite, which takes four times the timeout that sleep lets pass. Who comes back from it was not
// started anew.
func Conforms(t testing.TB, path string, timeout time.Duration, sleep func(time.Duration)) {
	t.Helper()
	d := Open(t, path, timeout)
	watchdogtest.Conformance(t, d, d.Timeout(), sleep, func() bool { return false })
}

// Alone opens it twice, which must not work, and again once it was stopped.
func Alone(t testing.TB, path string) {
	t.Helper()
	for range 2 {
		d := Open(t, path, watchdog.Timeout)
		if again, err := watchdog.Open(path, watchdog.Timeout); err == nil || errors.Is(err, hal.ErrAbsent) {
			t.Errorf("%v was opened twice: %v", again, err)
		}
		if err := d.Stop(); err != nil {
			t.Error(err)
		}
	}
}
