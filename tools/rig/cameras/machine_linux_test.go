package cameras

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/inside"
	"tellijn/tools/rig/vm"
)

// guestTests is how many tests named TestGuest there are: none may be skipped there.
const guestTests = 14

// TestMachine boots a kernel with the drivers vivid and uvcvideo and runs the TestGuest tests in it.
func TestMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("a virtual machine takes about a minute; run without -short")
	}
	if inside.Guest() {
		t.Skip("this is the virtual machine")
	}
	if raceDetector {
		t.Skip("the guest has no race detector; run without -race")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to build the guest with")
	}
	k, err := vm.FindKernel("../../..")
	need(t, err)
	if !k.Has("vivid") {
		t.Skipf("the kernel of %q has no vivid: only Debian's has it", k.From)
	}
	modules, err := k.Modules("vivid", "uvcvideo", "xhci_pci")
	need(t, err)
	cam := &usbcam.Camera{Pace: time.Second / 60, Fault: func(n uint32) usbcam.Fault {
		return map[uint32]usbcam.Fault{20: usbcam.Error, 30: usbcam.Short}[n%40]
	}}
	m, err := vm.Boot(t.Context(), vm.Options{Kernel: k, Camera: cam,
		Files: append(modules, vm.File{Name: "init", Data: buildGuest(t), Mode: 0o755})})
	need(t, err)
	defer m.End()
	judge(t, m)
	for id, want := range map[uint16]uint32{usbcam.ExposureMode: 1, usbcam.ExposurePriority: 0, usbcam.ExposureTime: 120,
		usbcam.PowerLine: 1, usbcam.WhiteBalanceAuto: 0, usbcam.WhiteBalance: 4600, usbcam.Gain: 16} {
		if got := cam.Value(id); got != want {
			t.Errorf("the USB camera was left with control %#x at %d, want %d", id, got, want)
		}
	}
}

// need skips what is absent and ends the test over what is broken.
func need(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// buildGuest compiles this test for the guest.
func buildGuest(t *testing.T) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "guest.test")
	c := exec.Command("go", "test", "-c", "-trimpath", "-ldflags=-s -w", "-o", out, ".")
	c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=")
	if b, err := c.CombinedOutput(); err != nil {
		t.Fatalf("building the guest: %v\n%s", err, b)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// judge passes the console on, pulls the plug when asked, and judges by the marks.
func judge(t *testing.T, m *vm.Machine) {
	t.Helper()
	seen := map[string]bool{}
	var passed []string
	for line := range m.Lines() {
		t.Log(line)
		if strings.HasPrefix(line, markPull) {
			m.Unplug()
		}
		for _, mark := range []string{markDriver, markPass, markFail} {
			if strings.HasPrefix(line, mark) {
				seen[mark] = true
			}
		}
		if test, ok := strings.CutPrefix(line, "--- PASS: TestGuest"); ok {
			name, _, _ := strings.Cut(test, " ")
			passed = append(passed, name)
		}
	}
	if err := m.Wait(); err != nil {
		t.Fatal(err)
	}
	if !seen[markDriver] || !seen[markPass] || seen[markFail] || len(passed) != guestTests {
		t.Errorf("not everything passed in the guest: marks %v, %d tests passed %q, want %d", seen, len(passed), passed, guestTests)
	}
}
