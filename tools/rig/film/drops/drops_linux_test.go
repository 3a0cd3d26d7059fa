package drops

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"tellijn/boards"
	"tellijn/tools/rig/film"
	"tellijn/tools/rig/film/pace"
	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/vm"
)

// TestDrops keeps one processor of this computer busy with a program that goes before others as the machine does.
func TestDrops(t *testing.T) {
	guesttest.Outside(t)
	if os.Getenv("TELLIJN_BOOTS") != "all" {
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
	guesttest.Need(t, err)
	modules, err := k.Modules("uvcvideo", "xhci_pci")
	guesttest.Need(t, err)
	b, err := boards.Lookup("rpi-zero-2w")
	guesttest.Need(t, err)
	f, err := film.Open(film.Options{Film: "door 5", Rate: 30, Scene: b.Scene, Plain: plain, Say: func(s string) { t.Log(s) }})
	guesttest.Need(t, err)
	defer f.Close()
	m, err := vm.Boot(t.Context(), vm.Options{Kernel: k, Socket: true, Files: append(modules, guesttest.Build(t)...)})
	guesttest.Need(t, err)
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
	guesttest.Need(t, c.Start())
	if err := pace.Favour(c.Process.Pid); err != nil {
		t.Log(err)
	}
	return func() {
		c.Process.Kill()
		c.Wait()
	}
}
