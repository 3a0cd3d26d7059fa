package lampsmoke

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestLamp tries the lamp on the desk; see the package comment.
func TestLamp(t *testing.T) {
	switch names := strings.Fields(os.Getenv("TELLIJN_LAMP")); len(names) {
	case 0:
		t.Skip("no lamp named; set TELLIJN_LAMP=GPIO22")
	case 1:
		Flashes(t, names[0], func() { time.Sleep(300 * time.Millisecond) })
	default:
		ReadBack(t, names[0], names[1], func() { time.Sleep(time.Millisecond) })
	}
}
