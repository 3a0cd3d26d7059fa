package first

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tellijn/boards/card"
	"tellijn/hal"
	"tellijn/tools/rig/vm"
)

// limits of the whole machine.
const (
	boot   = 3 * time.Minute // an emulated machine beside other tests
	memory = 64 << 10        // KiB, of all programs together
)

// TestBoot boots a new card: it counts, takes little memory and no visitors, starts again what is ended, and switches
// off in order when asked. The same card then loses its power in the middle and goes on with the same keys.
func TestBoot(t *testing.T) {
	c := newCard(t)
	m := start(t, c)
	if rest := await(t, m, "first: Loaded   modules: "); rest != strconv.Itoa(c.modules) {
		t.Errorf("%s modules, want %d", rest, c.modules)
	}
	await(t, m, "first: Failed   module 99-broken: ")
	await(t, m, "first: Loaded   card: vda")
	await(t, m, "first: Loaded   data")
	await(t, m, "first: Loaded   keys: taken from the card and wiped there")
	await(t, m, "Loaded   camera")
	frugal(t, m)
	sealed(t, m)
	need(t, m.Tell("kill warden"))
	await(t, m, "first: Failed   warden was ended by signal 9 (killed)")
	await(t, m, "Loaded   camera")
	off(t, m)
	c.sound(t)
	if c.hasKeys(t) {
		t.Error("the keys are still on the card")
	}
	c.known(t)

	m = start(t, c)
	await(t, m, "Loaded   camera")
	m.End() // as if the cable were pulled
	m = start(t, c)
	await(t, m, "Loaded   camera")
	need(t, m.Tell("again"))
	await(t, m, "first: switches off and on again: everything is stored")
	need(t, m.Wait()) // -no-reboot
	c.known(t)
}

// TestRepair boots a card whose data file system has lost its head, and then has it fail in use: both times it counts
// on as the same device.
func TestRepair(t *testing.T) {
	c := newCard(t)
	m := start(t, c)
	await(t, m, "Loaded   camera")
	off(t, m)
	c.write(t, card.Data().Start, make([]byte, 4096))

	m = start(t, c)
	await(t, m, "first: the data file system is damaged: it has no super block")
	await(t, m, "first: it is set aside on the card")
	rest := await(t, m, "first: Failed   data: it was damaged (it has no super block) and is new; ")
	if !strings.Contains(rest, " 0 are lost") || strings.HasPrefix(rest, "0 ") {
		t.Errorf("taken over: %s", rest)
	}
	await(t, m, "Loaded   camera")
	need(t, m.Tell("abort"))
	await(t, m, "aborted: <nil>")
	await(t, m, "first: Failed   data: it takes no writes any more")
	await(t, m, "an older one is set aside already")
	await(t, m, "first: Failed   data: it was damaged (the kernel met errors in it before) and is new")
	await(t, m, "Loaded   camera")
	off(t, m)
	c.sound(t)
	c.known(t)
	if c.lists(t, "/tellijn/warden", "renewed") {
		t.Error("the warden did not take the note")
	}
}

// TestHeld boots a card with a configuration that cannot be: nothing runs, the reason is said, and it can be
// switched off.
func TestHeld(t *testing.T) {
	c := newCard(t)
	c.start(t, "devise = \"first-try\"\n")
	m := start(t, c)
	rest := await(t, m, "first: Failed   nothing runs: ")
	if !strings.Contains(rest, "config.toml:1: ") || !strings.Contains(rest, "device") {
		t.Errorf("no hint: %s", rest)
	}
	if said := await(t, m, "warden: "); !strings.Contains(said, "lamp: ") {
		t.Errorf("nobody was to show it: %s", said)
	}
	if !c.hasKeys(t) {
		t.Error("the keys are gone from the card, and nobody has them")
	}
	m.End()
}

// frugal judges what it takes and offers.
func frugal(t *testing.T, m *vm.Machine) {
	t.Helper()
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
}

// sealed judges what can be written and run.
func sealed(t *testing.T, m *vm.Machine) {
	t.Helper()
	need(t, m.Tell("look"))
	said := map[string]bool{}
	for {
		line := await(t, m, "scout: ")
		if line == "looked" {
			break
		}
		said[line] = true
		if f := strings.Fields(line); f[0] == "mount:" {
			options := "," + f[3] + ","
			has := func(o string) bool { return strings.Contains(options, ","+o+",") }
			devices := f[1] == "/dev"
			if !has("nosuid") || !has("nodev") && !devices || !has("noexec") && f[1] != "/" || has("rw") && f[1] == "/" || has("rw") && f[1] == "/card" {
				t.Errorf("mounted too freely: %s", line)
			}
		}
	}
	for _, want := range []string{"set: sysrq 0 <nil>", "set: dmesg_restrict 1 <nil>", "set: modules_disabled 1 <nil>", "set: core_pattern /dev/null/none <nil>",
		"new program: open /bin/new: read-only file system", "copied: <nil>", "copy runs: permission denied", "core: 0 0 <nil>"} {
		if !said[want] {
			t.Errorf("it did not say %q", want)
		}
	}
	for _, dir := range []string{"/", "/proc", "/sys", "/dev", "/run", "/tmp", "/etc", "/card", "/data"} {
		found := false
		for line := range said {
			found = found || strings.HasPrefix(line, "mount: "+dir+" ")
		}
		if !found {
			t.Errorf("%s is not mounted", dir)
		}
	}
}

func off(t *testing.T, m *vm.Machine) {
	t.Helper()
	need(t, m.Tell("off"))
	await(t, m, "first: switches off: everything is stored")
	if err := m.Wait(); err != nil {
		t.Error(err)
	}
}

func start(t *testing.T, c *testCard) *vm.Machine {
	t.Helper()
	m, err := vm.Boot(t.Context(), vm.Options{Disk: c.path, Keep: true, Memory: 512, Limit: 8 * time.Minute,
		Start: &vm.Start{Kernel: c.kernel.Program(), Initrd: c.initrd,
			Append: fmt.Sprintf("console=ttyAMA0 quiet init_on_free=1 printk.time=0 panic=10 tellijn.card=%08x", c.signature)}})
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
