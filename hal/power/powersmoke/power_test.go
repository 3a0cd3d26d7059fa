package powersmoke

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestPower tries the switch on the desk; see the package comment.
func TestPower(t *testing.T) {
	names := strings.Fields(os.Getenv("TELLIJN_POWER"))
	if len(names) != 2 {
		t.Skip(`no switch named; set TELLIJN_POWER="GPIO17 GPIO27"`)
	}
	Supplies(t, names[0], names[1], nil, func() { time.Sleep(2 * time.Second) })
}
