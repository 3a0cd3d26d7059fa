package watchdog

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestKeepalive holds the number against the kernel's own, which is what Feed asks.
func TestKeepalive(t *testing.T) {
	if Keepalive != unix.WDIOC_KEEPALIVE || (&Device{}).Request() != unix.WDIOC_KEEPALIVE {
		t.Errorf("%#x, want %#x", Keepalive, unix.WDIOC_KEEPALIVE)
	}
}
