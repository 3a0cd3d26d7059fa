package buttonsmoke

import (
	"os"
	"testing"
	"time"
)

// TestButton tries the button on the desk; see the package comment.
func TestButton(t *testing.T) {
	line := os.Getenv("TELLIJN_BUTTON")
	if line == "" {
		t.Skip("no button named; set TELLIJN_BUTTON=GPIO23 and press it")
	}
	ByHand(t, line, 20*time.Second, time.Sleep)
}
