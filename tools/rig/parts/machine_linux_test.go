package parts

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/tree"
	"tellijn/tools/rig/vm"
)

// names are those of the lines of the chip, as a board's device tree has them. On the fourth hangs QEMU's own
// power button (hw/arm/virt.c, create_gpio_keys).
func names() []string {
	return []string{"GPIO17", "GPIO27", "GPIO22", "", "GPIO23", "GPIO5", "GPIO6", ""}
}

// Registers of the chip of lines. (QEMU, hw/arm/virt.c, base_memmap; ARM DDI 0190B, 3.1)
const (
	chipData      = 0x09030000 + 0x3fc // all lines at once
	chipDirection = 0x09030000 + 0x400 // 1 is an output
)

// guestTests is how many tests named TestGuest there are: none may be skipped there.
const guestTests = 12

// TestMachine boots the kernel and runs the TestGuest tests in it.
func TestMachine(t *testing.T) {
	guesttest.Able(t, "about a minute", "go")
	k := guesttest.BoardKernel(t)
	image, err := os.ReadFile(filepath.Join(k.From, "vmlinuz"))
	guesttest.Need(t, err)
	m, err := vm.Boot(t.Context(), vm.Options{Watchdog: true, Limit: 8 * time.Minute, Start: &vm.Start{Kernel: image, Tree: named(t),
		Initrd: vm.Archive(guesttest.Build(t, "-tags=sim", "tellijn/firmware/warden", "tellijn/firmware/eye", "tellijn/firmware/courier")),
		Append: "console=ttyAMA0 panic=-1 quiet init_on_free=1"}})
	guesttest.Need(t, err)
	defer m.End()
	chip, err := m.Find("pl061")
	guesttest.Need(t, err)
	judge(t, m, chip)
}

// named is QEMU's own device tree, with names on the lines.
func named(t *testing.T) []byte {
	t.Helper()
	qemu, err := exec.LookPath("qemu-system-aarch64")
	if err != nil {
		t.Skip("no qemu-system-aarch64; install qemu-system-arm")
	}
	path := filepath.Join(t.TempDir(), "dtb")
	// As vm.Boot calls it, for the processors and the memory that the tree names.
	c := exec.CommandContext(t.Context(), qemu, "-M", "virt,dumpdtb="+path, "-cpu", "cortex-a53", "-smp", "2", "-m", "256", "-nodefaults", "-nographic")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	raw, err := os.ReadFile(path)
	guesttest.Need(t, err)
	root, err := tree.Parse(raw)
	guesttest.Need(t, err)
	chip := root.Find("/pl061@9030000")
	if chip == nil {
		t.Fatal("QEMU's device tree has no chip of lines where it should be")
	}
	chip.Set("gpio-line-names", tree.Texts(names()...))
	return root.Bytes()
}

// judge answers what the guest asks, and judges by the marks, the tests, and how the machine ended.
func judge(t *testing.T, m *vm.Machine, chip string) {
	t.Helper()
	asked := map[string]int{}
	marks, passed := guesttest.Hear(t, m, func(line string) bool {
		question, ok := strings.CutPrefix(line, markAsk)
		if !ok {
			return line == "done" || line == "true" || line == "false" // the terminal says answers back
		}
		verb, _, _ := strings.Cut(question, " ")
		asked[verb]++
		answer, err := play(m, chip, strings.Fields(question))
		if err == nil {
			err = m.Tell(answer)
		}
		if err != nil {
			t.Errorf("%q: %v", line, err)
		}
		return true
	})
	// Nothing comes after the last mark: a machine that was not bitten says so and switches itself off.
	if want := []string{guesttest.MarkUp, guesttest.MarkPass, markBite}; !slices.Equal(marks, want) || len(passed) != guestTests {
		t.Errorf("marks %q, want %q; %d tests passed %q, want %d", marks, want, len(passed), passed, guestTests)
	}
	for _, verb := range []string{"level", "drive", "join"} {
		if asked[verb] == 0 {
			t.Errorf("nobody asked to %s a line", verb)
		}
	}
}

// play is what hangs on the lines: it looks at one, drives one, or drives one as another is.
func play(m *vm.Machine, chip string, words []string) (string, error) {
	if len(words) != 3 {
		return "", errors.New("want a verb, a line and another or a level")
	}
	from, to := slices.Index(names(), words[1]), slices.Index(names(), words[2])
	level := func() (bool, error) {
		data, err := m.Word(chipData)
		if err != nil {
			return false, err
		}
		direction, err := m.Word(chipDirection)
		// What is no output is held low by what hangs on it.
		return data&direction>>from&1 == 1, err
	}
	switch {
	case from < 0:
		return "", fmt.Errorf("no line %q", words[1])
	case words[0] == "level":
		high, err := level()
		return fmt.Sprint(high), err
	case words[0] == "drive":
		return "done", m.Drive(chip, from, words[2] == "high")
	case words[0] == "join" && to >= 0:
		high, err := level()
		if err != nil {
			return "", err
		}
		return "done", m.Drive(chip, to, high)
	}
	return "", errors.New("no such verb")
}

// TestPlay keeps what is asked wrongly from looking like an answer.
func TestPlay(t *testing.T) {
	for _, q := range []string{"", "level", "level GPIO99 now", "turn GPIO17 on", "join GPIO17 GPIO99"} {
		if answer, err := play(nil, "", strings.Fields(q)); err == nil {
			t.Errorf("%q: %q", q, answer)
		}
	}
	if d := time.Second; bite < d {
		t.Errorf("the watchdog waits %v, want whole seconds", bite)
	}
}
