package watchdogsmoke

import (
	"os"
	"testing"
	"time"

	"tellijn/hal/watchdog"
)

// TestWatchdog tries the watchdog of this machine; see the package comment.
func TestWatchdog(t *testing.T) {
	path := os.Getenv("TELLIJN_WATCHDOG")
	if path == "" {
		t.Skip("no watchdog named; set TELLIJN_WATCHDOG=/dev/watchdog0, on a machine that may be started anew")
	}
	Alone(t, path)
	Conforms(t, path, watchdog.Timeout, time.Sleep)
}
