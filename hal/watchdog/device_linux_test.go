package watchdog

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestKeepalive holds the number against the kernel's own, which is what Feed asks.
func TestKeepalive(t *testing.T) {
	if got := (&Device{}).Request(); got != unix.WDIOC_KEEPALIVE {
		t.Errorf("%#x, want %#x", got, uint64(unix.WDIOC_KEEPALIVE))
	}
}
