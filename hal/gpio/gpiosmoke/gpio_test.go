package gpiosmoke

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestLines tries the two lines on the desk; see the package comment.
func TestLines(t *testing.T) {
	names := strings.Fields(os.Getenv("TELLIJN_GPIO"))
	if len(names) != 2 {
		t.Skip(`no lines named; join two and set TELLIJN_GPIO="GPIO5 GPIO6"`)
	}
	settle := func() { time.Sleep(time.Millisecond) }
	t.Run("follows", func(t *testing.T) { Follows(t, names[0], names[1], settle) })
	t.Run("back", func(t *testing.T) { Follows(t, names[1], names[0], settle) })
	t.Run("alone", func(t *testing.T) { Alone(t, names[0]) })
}
