package first

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/tools/rig/vm"
)

// limits of the whole machine.
const (
	boot   = 3 * time.Minute // an emulated machine beside other tests
	memory = 64 << 10        // KiB, of all programs together
)

// TestBoot boots a new card: it counts, takes little memory and no visitors, and switches off in order when asked.
// The same card then loses its power in the middle and goes on with the same keys.
func TestBoot(t *testing.T) {
	c := newCard(t)
	m := start(t, c)
	await(t, m, "first: Loaded   card: vda")
	await(t, m, "first: Loaded   data")
	await(t, m, "first: Loaded   keys: taken from the card and wiped there")
	await(t, m, "Loaded   camera")
	programs, sum := parse(t, await(t, m, "memory: "))
	t.Logf("resident memory in KiB: %v, sum %d", programs, sum)
	for _, name := range []string{"init", "warden", "warden-core", "eye", "courier"} {
		if programs[name] == 0 {
			t.Errorf("%s does not run", name)
		}
	}
	if sum > memory {
		t.Errorf("%d KiB of memory, want at most %d", sum, memory)
	}
	if rest := await(t, m, "sockets: "); rest != "0 listening" {
		t.Errorf("sockets: %s", rest)
	}
	await(t, m, "space: ")
	need(t, m.Tell("off"))
	await(t, m, "first: switches off: everything is stored")
	if err := m.Wait(); err != nil {
		t.Error(err)
	}
	c.sound(t)
	if c.hasKeys(t) {
		t.Error("the keys are still on the card")
	}
	first := c.identity(t)

	m = start(t, c)
	await(t, m, "Loaded   camera")
	m.End() // as if the cable were pulled
	m = start(t, c)
	await(t, m, "Loaded   camera")
	need(t, m.Tell("off"))
	await(t, m, "first: switches off: everything is stored")
	need(t, m.Wait())
	if again := c.identity(t); again != first {
		t.Errorf("another device: %s, was %s", again, first)
	}
}

func start(t *testing.T, c *testCard) *vm.Machine {
	t.Helper()
	m, err := vm.Boot(t.Context(), vm.Options{Kernel: c.kernel, Files: c.files, Disk: c.path, Keep: true, Memory: 512, Limit: 8 * time.Minute,
		Args: fmt.Sprintf("init_on_free=1 printk.time=0 panic=10 tellijn.card=%08x", c.signature)})
	need(t, err)
	t.Cleanup(m.End)
	return m
}

// await waits until the first process or a program of its says something that begins so, and gives the rest.
func await(t *testing.T, m *vm.Machine, marker string) string {
	t.Helper()
	late := time.After(boot)
	for {
		select {
		case line, ok := <-m.Lines():
			if !ok {
				t.Fatalf("it ended before it said %q: %v", marker, m.Wait())
			}
			t.Log(line)
			if _, rest, found := strings.Cut(line, marker); found && strings.HasPrefix(line, "tellijn: ") {
				return strings.TrimSpace(rest)
			}
		case <-late:
			t.Fatalf("it did not say %q within %v", marker, boot)
		}
	}
}

var figure = regexp.MustCompile(`(\S+) (\d+)`)

// parse reads the line of package firmware/warden/first/look.
func parse(t *testing.T, line string) (programs map[string]int, sum int) {
	t.Helper()
	each, all, ok := strings.Cut(line, " = ")
	n, err := fmt.Sscanf(all, "%d KiB", &sum)
	if !ok || n != 1 {
		t.Fatalf("memory: %q: %v", line, err)
	}
	programs, added := map[string]int{}, 0
	for _, f := range figure.FindAllStringSubmatch(each, -1) {
		kib, _ := strconv.Atoi(f[2])
		programs[f[1]] += kib
		added += kib
	}
	if added != sum {
		t.Errorf("memory: %d and not %d: %s", added, sum, line)
	}
	return programs, sum
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
