package clock

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/tools/rig/inside"
	"tellijn/tools/rig/segment"
	"tellijn/tools/rig/vm"
)

// kernel is the version that the boards have.
const kernel = "v0.0.0-20251127164438-9778ec0261de"

// begins is what the clock chip of the machine begins with.
const begins = "2027-03-01T08:00:00"

// later is how much later the time on the network is.
const later = 90 * 24 * time.Hour

// TestMachine boots the kernel and runs the TestGuest tests in it.
func TestMachine(t *testing.T) {
	switch {
	case testing.Short():
		t.Skip("a virtual machine takes about a minute; run without -short")
	case inside.Guest():
		t.Skip("this is the virtual machine")
	case raceDetector:
		t.Skip("the guest has no race detector; run without -race")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to build the guest with")
	}
	k, err := vm.BoardKernel(kernel)
	need(t, err)
	dir := t.TempDir()
	var files []vm.File
	for _, args := range [][]string{{"test", "-c", "-o", filepath.Join(dir, "init"), "."}, {"build", "-o", filepath.Join(dir, "scout"), "tellijn/firmware/scout"}} {
		c := exec.Command("go", append([]string{args[0], "-trimpath", "-ldflags=-s -w"}, args[1:]...)...)
		c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=")
		if b, err := c.CombinedOutput(); err != nil {
			t.Fatalf("building the guest: %v\n%s", err, b)
		}
	}
	for _, name := range []string{"init", "scout"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		need(t, err)
		files = append(files, vm.File{Name: name, Data: b, Mode: 0o755})
	}
	// On the cable is somebody who gives addresses and tells the time, which is 90 days later than the chip's.
	real, err := time.Parse("2006-01-02T15:04:05", begins)
	need(t, err)
	began := time.Now()
	wire, err := os.MkdirTemp("", "wire") // short, since paths of sockets have 107 bytes only (unix(7))
	need(t, err)
	defer os.RemoveAll(wire)
	cable, err := segment.Lay(filepath.Join(wire, "w"), segment.Options{Now: func() time.Time { return real.Add(later + time.Since(began)) }})
	need(t, err)
	defer cable.Close()
	m, err := vm.Boot(t.Context(), vm.Options{Kernel: k, Files: files, Clock: begins, Wire: filepath.Join(wire, "w")})
	need(t, err)
	defer m.End()
	var passed, marks []string
	for line := range m.Lines() {
		t.Log(line)
		if strings.HasPrefix(line, "GUEST ") {
			marks = append(marks, line)
		}
		if test, ok := strings.CutPrefix(line, "--- PASS: TestGuest"); ok {
			name, _, _ := strings.Cut(test, " ")
			passed = append(passed, name)
		}
	}
	need(t, m.Wait())
	if !slices.Equal(marks, []string{markUp, markPass}) || !slices.Equal(passed, []string{"Scout", "Network", "Clock"}) {
		t.Errorf("marks %q, passed %q", marks, passed)
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
