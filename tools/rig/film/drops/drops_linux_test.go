package drops

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/boards"
	"tellijn/hal"
	"tellijn/tools/rig/film"
	"tellijn/tools/rig/film/pace"
	"tellijn/tools/rig/inside"
	"tellijn/tools/rig/vm"
)

// TestDrops keeps one processor of this computer busy with a program that goes before others as the machine does.
func TestDrops(t *testing.T) {
	switch {
	case inside.Guest():
		t.Skip("this is the virtual machine")
	case raceDetector:
		t.Skip("the guest has no race detector; run without -race")
	case os.Getenv("TELLIJN_BOOTS") != "all":
		t.Skip("set TELLIJN_BOOTS=all to boot a machine for it")
	}
	plain, _ := run(t, true)
	waits, equal := run(t, false)
	t.Logf("sent at the camera's pace: %d of %d frames were lost in the guest; sent when the guest was ready: %d", plain, frames, waits)
	if plain == 0 {
		t.Error("nothing was lost either way: nothing is shown")
	}
	if waits > 0 || !equal {
		t.Errorf("%d frames were lost although each waited for the guest; crossings are those of replay: %v", waits, equal)
	}
}

// run plays a door to a guest, and gives how many frames it missed, and whether it counted as replay does.
func run(t *testing.T, plain bool) (missing int, equal bool) {
	t.Helper()
	k, err := vm.FindKernel("../../../..")
	need(t, err)
	modules, err := k.Modules("uvcvideo", "xhci_pci")
	need(t, err)
	b, err := boards.Lookup("rpi-zero-2w")
	need(t, err)
	f, err := film.Open(film.Options{Film: "door 5", Rate: 30, Scene: b.Scene, Plain: plain, Say: func(s string) { t.Log(s) }})
	need(t, err)
	defer f.Close()
	m, err := vm.Boot(t.Context(), vm.Options{Kernel: k, Socket: true, Files: append(modules, vm.File{Name: "init", Data: guest(t), Mode: 0o755})})
	need(t, err)
	defer m.End()
	f.Pace(m.PID())
	defer busy(t)()
	if err := m.Plug(f.Camera()); err != nil {
		t.Fatal(err)
	}
	taken, crossed := 0, 0
	for line := range m.Lines() {
		if strings.HasPrefix(line, "GUEST") {
			t.Log(line)
			fmt.Sscanf(line, told, &taken, &missing, &crossed)
		}
	}
	if err := m.Wait(); err != nil || taken != frames {
		t.Fatalf("the guest took %d frames: %v", taken, err)
	}
	sum := 0
	again, err := f.Replayed()
	for _, c := range again {
		sum += int(c.Forward + c.Backward)
	}
	t.Logf("crossed %d times, in replay %d (%v)", crossed, sum, err)
	return missing, err == nil && sum == crossed && sum > 0
}

// busy keeps one processor busy until it is told to stop.
func busy(t *testing.T) (stop func()) {
	t.Helper()
	c := exec.Command("sh", "-c", "while :; do :; done")
	need(t, c.Start())
	if err := pace.Favour(c.Process.Pid); err != nil {
		t.Log(err)
	}
	return func() {
		c.Process.Kill()
		c.Wait()
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

// guest compiles this test for the guest.
func guest(t *testing.T) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "guest.test")
	c := exec.Command("go", "test", "-c", "-trimpath", "-ldflags=-s -w", "-o", out, ".")
	c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=")
	if b, err := c.CombinedOutput(); err != nil {
		t.Fatalf("building the guest: %v\n%s", err, b)
	}
	b, err := os.ReadFile(out)
	need(t, err)
	return b
}
