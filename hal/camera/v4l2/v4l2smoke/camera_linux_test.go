package v4l2smoke

import (
	"os"
	"testing"
)

// TestCamera tries the camera on the desk; see the package comment.
func TestCamera(t *testing.T) {
	path := os.Getenv("TELLIJN_CAMERA")
	if path == "" {
		t.Skip("no camera named; set TELLIJN_CAMERA=/dev/video0")
	}
	t.Run("formats", func(t *testing.T) { Formats(t, path) })
	t.Run("sizes", func(t *testing.T) { Sizes(t, path) })
	t.Run("restart", func(t *testing.T) { Restart(t, path) })
	t.Run("settles", func(t *testing.T) { Settles(t, path) })
}
