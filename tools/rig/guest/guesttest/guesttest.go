// Package guesttest is for tests whose own program is the first of a virtual machine (tools/rig/vm) too: outside it
// skips what cannot be done here, builds the test for the machine and hears what it says; inside it runs what the
// machine was booted for and switches off. It boots nothing itself, draws no frames, and is for tests of the rig,
// outside the data path. The guest of tools/rig/guest is another one, which takes orders.
package guesttest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/boards/recipe"
	"tellijn/hal"
	"tellijn/tools/rig/inside"
	"tellijn/tools/rig/vm"
)

// Marks on the console, each at the beginning of a line, which the test outside waits for.
const (
	MarkUp   = "GUEST is up"
	MarkPass = "GUEST all passed"
	MarkFail = "GUEST failed"
)

// test is how a test of the guest that passed begins.
const test = "--- PASS: TestGuest"

// Outside skips what boots a machine in the machine itself, and where its program would have the race detector.
func Outside(t *testing.T) {
	t.Helper()
	if inside.Guest() {
		t.Skip("this is the virtual machine")
	}
	if raceDetector {
		t.Skip("the guest has no race detector; run without -race")
	}
}

// Able skips what boots a machine where Outside does, in a short run, or without a program that is needed; takes says
// how long it takes.
func Able(t *testing.T, takes string, programs ...string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("a virtual machine takes %s; run without -short", takes)
	}
	Outside(t)
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil && p == "qemu-system-aarch64" {
			t.Skip("no qemu-system-aarch64; install qemu-system-arm")
		} else if err != nil {
			t.Skipf("no %s command to build the guest with", p)
		}
	}
}

// Need skips what is absent (hal.ErrAbsent) and ends the test over what is broken.
func Need(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, hal.ErrAbsent) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// BoardKernel is the kernel that the boards have; without it the test is skipped.
func BoardKernel(t *testing.T) *vm.Kernel {
	t.Helper()
	r, err := recipe.Lookup("virt")
	Need(t, err)
	k, err := vm.BoardKernel(r.Kernel.Version)
	Need(t, err)
	return k
}

// Build compiles the test of the folder it runs in as "init" of the machine, and beside it what else go build is asked
// for: options and folders of programs.
func Build(t *testing.T, programs ...string) (files []vm.File) {
	t.Helper()
	dir := t.TempDir()
	build := func(args ...string) {
		c := exec.Command("go", append([]string{args[0], "-trimpath", "-ldflags=-s -w"}, args[1:]...)...)
		c.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=")
		if b, err := c.CombinedOutput(); err != nil {
			t.Fatalf("building the guest: %v\n%s", err, b)
		}
	}
	build("test", "-c", "-o", filepath.Join(dir, "init"), ".")
	if len(programs) > 0 {
		build(append([]string{"build", "-o", dir}, programs...)...)
	}
	built, err := os.ReadDir(dir)
	Need(t, err)
	for _, f := range built {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		Need(t, err)
		files = append(files, vm.File{Name: f.Name(), Data: b, Mode: 0o755})
	}
	return files
}

// Hear logs what the machine says until it ends, and gives the lines that begin with "GUEST" and the names, without
// TestGuest, of the tests that passed. It asks mine first: a line that is the caller's own alone goes nowhere else; nil
// for none. A machine that ends badly ends the test.
func Hear(t *testing.T, m *vm.Machine, mine func(line string) bool) (marks, passed []string) {
	t.Helper()
	for line := range m.Lines() {
		if mine != nil && mine(line) {
			continue
		}
		t.Log(line)
		if strings.HasPrefix(line, "GUEST ") {
			marks = append(marks, line)
		}
		if rest, ok := strings.CutPrefix(line, test); ok {
			name, _, _ := strings.Cut(rest, " ")
			passed = append(passed, name)
		}
	}
	if err := m.Wait(); err != nil {
		t.Fatal(err)
	}
	return marks, passed
}
