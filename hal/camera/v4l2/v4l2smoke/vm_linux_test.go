package v4l2smoke

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/hal/camera/v4l2/usbcam"
)

// guestTests is how many tests named TestGuest there are: none may be skipped there.
const guestTests = 14

// patience bounds the whole run of the virtual machine, on a busy machine too.
const patience = 4 * time.Minute

// TestMachine boots a kernel with the drivers vivid and uvcvideo and runs the TestGuest tests in it.
func TestMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("a virtual machine takes about a minute; run without -short")
	}
	if inGuest() {
		t.Skip("this is the virtual machine")
	}
	if raceDetector {
		t.Skip("the guest has no race detector; run without -race")
	}
	qemu, err := exec.LookPath("qemu-system-aarch64")
	if err != nil {
		t.Skip("no qemu-system-aarch64; install qemu-system-arm")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to build the guest with")
	}
	k := findKernel(t)
	dir := t.TempDir()
	vmlinuz, initrd := filepath.Join(dir, "vmlinuz"), filepath.Join(dir, "initrd")
	files := []file{{name: "init", data: buildGuest(t, dir), mode: 0o755}}
	files = append(files, k.modules(t, "vivid", "uvcvideo", "xhci_pci")...)
	if err := os.WriteFile(vmlinuz, k.vmlinuz, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(initrd, archive(files), 0o600); err != nil {
		t.Fatal(err)
	}
	plug, err := net.Listen("unix", socketPath(t))
	if err != nil {
		t.Fatal(err)
	}
	defer plug.Close()
	cam := &usbcam.Camera{Pace: time.Second / 60, Fault: func(n uint32) usbcam.Fault {
		return map[uint32]usbcam.Fault{20: usbcam.Error, 30: usbcam.Short}[n%40]
	}}
	pull := play(cam, plug)
	boot(t, pull, exec.Command(qemu, "-M", "virt", "-cpu", "cortex-a53", "-accel", "tcg,thread=multi", "-smp", "2", "-m", "256",
		"-nographic", "-nodefaults", "-serial", "stdio", "-no-reboot", "-kernel", vmlinuz, "-initrd", initrd,
		"-append", "console=ttyAMA0 panic=-1 quiet init_on_free=1",
		"-chardev", "socket,id=cam,path="+plug.Addr().String(),
		"-device", "qemu-xhci,id=xhci", "-device", "usb-redir,chardev=cam,id=cam0,bus=xhci.0"))
	for id, want := range map[uint16]uint32{usbcam.ExposureMode: 1, usbcam.ExposurePriority: 0, usbcam.ExposureTime: 120,
		usbcam.PowerLine: 1, usbcam.WhiteBalanceAuto: 0, usbcam.WhiteBalance: 4600, usbcam.Gain: 16} {
		if got := cam.Value(id); got != want {
			t.Errorf("the USB camera was left with control %#x at %d, want %d", id, got, want)
		}
	}
}

// play lets the camera serve the first connection, and gives the function that pulls its plug.
func play(cam *usbcam.Camera, plug net.Listener) (pull func()) {
	lines := make(chan net.Conn, 1)
	go func() {
		conn, err := plug.Accept()
		if err != nil {
			return
		}
		lines <- conn
		cam.Serve(conn)
	}()
	return func() {
		select {
		case conn := <-lines:
			conn.Close()
		default:
		}
	}
}

// socketPath is short, since such paths may have 107 bytes only (unix(7)).
func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "usbcam")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// buildGuest compiles this test for the guest.
func buildGuest(t *testing.T, dir string) []byte {
	t.Helper()
	out := filepath.Join(dir, "guest.test")
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

// boot runs the machine, passes its console on, and judges by the marks.
func boot(t *testing.T, pull func(), c *exec.Cmd) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	console, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = c.Stdout
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stop := context.AfterFunc(ctx, func() { c.Process.Kill() })
	defer stop()
	seen := map[string]bool{}
	var passed []string
	for lines := bufio.NewScanner(console); lines.Scan(); {
		line := strings.TrimRight(lines.Text(), "\r")
		t.Log(line)
		if strings.HasPrefix(line, markPull) {
			pull()
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
	err = c.Wait()
	if ctx.Err() != nil {
		t.Fatalf("the machine did not end within %v", patience)
	}
	if err != nil {
		t.Errorf("qemu: %v", err)
	}
	if !seen[markDriver] || !seen[markPass] || seen[markFail] || len(passed) != guestTests {
		t.Errorf("not everything passed in the guest: marks %v, %d tests passed %q, want %d", seen, len(passed), passed, guestTests)
	}
}
