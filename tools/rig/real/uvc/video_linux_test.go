//go:build linux && (amd64 || arm64)

package uvc

import (
	"os"
	"strings"
	"testing"
	"unsafe"

	"tellijn/tools/rig/real/tape"
)

// TestLayouts holds layouts and numbers against what a C compiler makes of linux/videodev2.h and linux/usb/g_uvc.h.
func TestLayouts(t *testing.T) {
	var e event
	var r response
	if unsafe.Sizeof(e) != 136 || unsafe.Offsetof(e.Data) != 8 || unsafe.Sizeof(r) != 64 || dequeueEvent>>16&0x3FFF != 136 || sendResponse>>16&0x3FFF != 64 {
		t.Errorf("an event has %d bytes, a response %d", unsafe.Sizeof(e), unsafe.Sizeof(r))
	}
}

func TestNoCamera(t *testing.T) {
	if _, err := Open(os.DevNull, small, func(tape.Message) error { return nil }); err == nil || !strings.Contains(err.Error(), "no camera of ours") {
		t.Error(err)
	}
}
