package watchdog

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tellijn/hal"
)

func TestTimeouts(t *testing.T) {
	for _, bad := range []time.Duration{0, -time.Second, time.Millisecond, 1500 * time.Millisecond, longest + time.Second} {
		if _, err := Open("/dev/none", bad); err == nil || errors.Is(err, hal.ErrAbsent) {
			t.Errorf("%v: %v, want an error about the timeout", bad, err)
		}
	}
	for _, good := range []time.Duration{time.Second, Timeout, longest} {
		if _, err := Open(filepath.Join(t.TempDir(), "none"), good); !errors.Is(err, hal.ErrAbsent) {
			t.Errorf("%v: %v, want hal.ErrAbsent", good, err)
		}
	}
}

// TestNoWatchdog opens what is none: that is broken, not absent.
func TestNoWatchdog(t *testing.T) {
	if _, err := Open(os.DevNull, Timeout); err == nil {
		t.Errorf("%s is a watchdog", os.DevNull)
	} else if _, missing := os.Stat("/proc/self/fd"); missing == nil && errors.Is(err, hal.ErrAbsent) {
		t.Errorf("%v, want an error that is not hal.ErrAbsent", err)
	}
}
