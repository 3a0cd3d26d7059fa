package rtcsmoke

import (
	"os"
	"testing"
	"time"
)

// TestClock tries the clock of this machine; see the package comment.
func TestClock(t *testing.T) {
	path := os.Getenv("TELLIJN_RTC")
	if path == "" {
		t.Skip("no clock named; set TELLIJN_RTC=/dev/rtc0, on a machine whose clock may be set")
	}
	Conforms(t, path, time.Now, time.Sleep)
}
