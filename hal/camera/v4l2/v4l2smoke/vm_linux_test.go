package v4l2smoke

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience bounds the whole run of the virtual machine, on a busy machine too.
const patience = 4 * time.Minute

// TestVivid boots a kernel with the driver vivid and runs the TestGuest tests in it.
func TestVivid(t *testing.T) {
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
	files = append(files, k.modules(t, "vivid")...)
	if err := os.WriteFile(vmlinuz, k.vmlinuz, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(initrd, archive(files), 0o600); err != nil {
		t.Fatal(err)
	}
	boot(t, exec.Command(qemu, "-M", "virt", "-cpu", "cortex-a53", "-accel", "tcg,thread=multi", "-smp", "2", "-m", "256",
		"-nographic", "-nodefaults", "-serial", "stdio", "-no-reboot", "-kernel", vmlinuz, "-initrd", initrd,
		"-append", "console=ttyAMA0 panic=-1 quiet init_on_free=1"))
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
func boot(t *testing.T, c *exec.Cmd) {
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
	for lines := bufio.NewScanner(console); lines.Scan(); {
		line := strings.TrimRight(lines.Text(), "\r")
		t.Log(line)
		for _, mark := range []string{markDriver, markPass, markFail} {
			if strings.HasPrefix(line, mark) {
				seen[mark] = true
			}
		}
		for _, test := range []string{"Formats", "Sizes", "Restart", "Settles", "MetadataNode", "TwoAtOnce", "DamagedAndLost", "FatalError", "Unplug"} {
			if strings.HasPrefix(line, "--- PASS: TestGuest"+test+" ") {
				seen[test] = true
			}
		}
	}
	err = c.Wait()
	if ctx.Err() != nil {
		t.Fatalf("the machine did not end within %v", patience)
	}
	if err != nil {
		t.Errorf("qemu: %v", err)
	}
	if !seen[markDriver] || !seen[markPass] || seen[markFail] || len(seen) != 2+9 {
		t.Errorf("not everything passed in the guest: seen %v", seen)
	}
}
