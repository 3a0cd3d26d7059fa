package cameras

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/vm"
)

// guestTests is how many tests named TestGuest there are: none may be skipped there.
const guestTests = 14

// TestMachine boots a kernel with the drivers vivid and uvcvideo and runs the TestGuest tests in it.
func TestMachine(t *testing.T) {
	guesttest.Able(t, "about a minute", "go")
	k, err := vm.FindKernel("../../..")
	guesttest.Need(t, err)
	if !k.Has("vivid") {
		t.Skipf("the kernel of %q has no vivid: only Debian's has it", k.From)
	}
	modules, err := k.Modules("vivid", "uvcvideo", "xhci_pci")
	guesttest.Need(t, err)
	cam := &usbcam.Camera{Pace: time.Second / 60, Fault: func(n uint32) usbcam.Fault {
		return map[uint32]usbcam.Fault{20: usbcam.Error, 30: usbcam.Short}[n%40]
	}}
	m, err := vm.Boot(t.Context(), vm.Options{Kernel: k, Camera: cam,
		Files: append(modules, guesttest.Build(t)...)})
	guesttest.Need(t, err)
	defer m.End()
	judge(t, m)
	for id, want := range map[uint16]uint32{usbcam.ExposureMode: 1, usbcam.ExposurePriority: 0, usbcam.ExposureTime: 120,
		usbcam.PowerLine: 1, usbcam.WhiteBalanceAuto: 0, usbcam.WhiteBalance: 4600, usbcam.Gain: 16} {
		if got := cam.Value(id); got != want {
			t.Errorf("the USB camera was left with control %#x at %d, want %d", id, got, want)
		}
	}
}

// judge pulls the plug when asked, and judges by the marks and the tests.
func judge(t *testing.T, m *vm.Machine) {
	t.Helper()
	marks, passed := guesttest.Hear(t, m, func(line string) bool {
		pull := strings.HasPrefix(line, markPull)
		if pull {
			t.Log(line)
			m.Unplug()
		}
		return pull
	})
	if !slices.Equal(marks, []string{guesttest.MarkUp, guesttest.MarkPass}) || len(passed) != guestTests {
		t.Errorf("not everything passed in the guest: marks %q, %d tests passed %q, want %d", marks, len(passed), passed, guestTests)
	}
}
