package static

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/proof/bench"
	"tellijn/tools/proof/claim"
	"tellijn/tools/proof/static/capability"
	"tellijn/tools/proof/static/lists"
	"tellijn/tools/rules/source"
)

// TestStatic runs every check, as tools/proof does.
func TestStatic(t *testing.T) {
	slow(t)
	b, err := bench.New(t.Context(), nil)
	if err != nil {
		t.Skip(err)
	}
	defer b.Close()
	for _, c := range Checks() {
		results, err := c.Run(t.Context(), b)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		for _, r := range results {
			t.Logf("%s: %v, %s", r.Name, r.Verdict, r.Figure)
			if r.Verdict != claim.Held || r.Figure == "" || len(r.Promises) == 0 {
				t.Errorf("%s: %v, %s: %s", r.Name, r.Verdict, r.Figure, r.Why)
			}
		}
	}
}

// slow passes over a test under the race detector, or when short ones are asked for.
func slow(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("reads whole programs in one goroutine; ten times slower under the race detector, which has nothing to find")
	}
	if testing.Short() {
		t.Skip("reads whole programs many times; run without -short")
	}
}

// change gives the text of a file with a piece of it replaced, or with lines added to its end.
func change(t *testing.T, root, path, old, new string) map[string][]byte {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(path))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("%s does not contain %q; the fault cannot be put in", path, old)
	}
	return map[string][]byte{file: bytes.Replace(text, []byte(old), []byte(new), 1)}
}

// added gives a new file.
func added(root, path, text string) map[string][]byte {
	return map[string][]byte{filepath.Join(root, filepath.FromSlash(path)): []byte(text)}
}

// short fails unless the result whose name begins so, and it alone among those named, fell short with a reason.
func short(t *testing.T, results []claim.Result, err error, name, why string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if !strings.HasPrefix(r.Name, name) {
			continue
		}
		if r.Verdict != claim.Short || !strings.Contains(r.Why, why) {
			t.Errorf("%s: %v, %s, want it to fall short and to name %q", r.Name, r.Verdict, r.Why, why)
		}
		return
	}
	t.Errorf("no result is called %q", name)
}

// TestFaults puts faults into the source, without touching it, and sees each found.
func TestFaults(t *testing.T) {
	slow(t)
	root, err := source.Root()
	if err != nil {
		t.Fatal(err)
	}
	type judge func(context.Context, string, map[string][]byte) ([]claim.Result, error)
	const driver, eye = "hal/camera/v4l2/source_linux.go", "firmware/eye/cycle/fault.go"
	counting := added(root, "counting/tally/fault.go", "package tally\n\nimport _ \"net/http\"\n")
	request := "if err := s.k.Ioctl(abi.Queue, unsafe.Pointer(&s.buf)); err != nil {"
	for _, f := range []struct {
		fault   string
		judge   judge
		overlay map[string][]byte
		name    string
		why     string
	}{
		{"net/http in counting", imported, counting, "Networks and picture makers that counting", "net/http"},
		{"net/http in counting, seen from the eye", imported, counting, "Networks and picture makers that firmware/eye links", "counting/tally -> net/http"},
		{"another request", called, change(t, root, driver, request, "s.k.Ioctl(0xc0405610, nil)\n"+request),
			"Requests of the eye to the camera", "0xc0405610 | EXPBUF"},
		{"a computed request", called, change(t, root, driver, request, "s.k.Ioctl(uint32(s.n), nil)\n"+request),
			"System calls of the eye", "no constant in (*tellijn/hal/camera/v4l2.Source).Return"},
		{"another use of the library", called, change(t, root, "hal/camera/v4l2/device/device_linux.go", "unix.CloseOnExec(fd)", "unix.CloseOnExec(fd)\n\tcam.ReadFrame()"),
			"Use of the camera library", "not on the list: (*github.com/blackjack/webcam.Webcam).ReadFrame | DQBUF QBUF"},
		{"a file in the eye", called, added(root, eye, "package cycle\n\nimport \"os\"\n\nvar leak, _ = os.ReadFile(\"/etc/hostname\")\n"),
			"Ways for the eye to open", "firmware/eye/cycle.init"},
		{"a file behind a function value", called, added(root, eye,
			"package cycle\n\nimport \"os\"\n\nvar leak = []func(string) (*os.File, error){os.Open}\n\nvar _, _ = leak[len(leak)-1](\"a\")\n"),
			"Ways for the eye to open", "hands on os.Open"},
		{"a system call that is new", called, added(root, eye, "package cycle\n\nimport \"syscall\"\n\nvar _, _, leak = syscall.RawSyscall(198, 2, 1, 0)\n"),
			"System calls of the eye", "not on the list: 198 | socket | tellijn/firmware/eye/cycle.init"},
		{"a number in a variable", called, added(root, eye,
			"package cycle\n\nimport \"syscall\"\n\nvar number = uintptr(64)\n\nfunc set() { number++ }\n\nvar _, _, leak = func() (a, b uintptr, c error) { set(); x, y, e := syscall.Syscall(number, 2, 1, 0); return x, y, e }()\n"),
			"System calls of the eye", "no constant in"},
		{"a field more", called, change(t, root, "counting/tally/tally.go", "type Tally struct {", "type Tally struct {\n\tDwell uint32"),
			"Messages to and from the eye", "not on the list: Message.Tally.Dwell | uint32"},
		{"a field of any length", called, change(t, root, "counting/tally/tally.go", "type Tally struct {", "type Tally struct {\n\tPath []byte"),
			"Messages to and from the eye", "not on the list: Message.Tally.Path | []byte"},
	} {
		t.Run(f.fault, func(t *testing.T) {
			results, err := f.judge(t.Context(), root, f.overlay)
			short(t, results, err, f.name, f.why)
		})
	}
}

// TestHiddenFile hides a file in package wipe, and sees its capability.
func TestHiddenFile(t *testing.T) {
	slow(t)
	root, err := source.Root()
	if err != nil {
		t.Fatal(err)
	}
	overlay := added(root, "privacy/wipe/fault.go", "package wipe\n\nimport \"os\"\n\n// Leak leaks.\nfunc Leak(b []byte) error { return os.WriteFile(\"/tmp/a\", b, 0o600) }\n")
	lines, err := lists.Read("capabilities")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		overlay map[string][]byte
		want    bool
	}{{nil, false}, {overlay, true}} {
		found := lists.Found{}
		if err := capability.Parts(t.Context(), root, c.overlay, found, map[string]string{}, "./privacy/wipe"); err != nil {
			t.Fatal(err)
		}
		const fault = "not on the list: parts | FILES | tellijn/privacy/wipe"
		if got := strings.Contains(strings.Join(lists.Compare(lines, found), ";"), fault); got != c.want {
			t.Errorf("with the fault %v: found %v", c.overlay != nil, got)
		}
	}
}

func TestForbidden(t *testing.T) {
	names := []string{"net.Dial", "net/netip.Addr", "crypto/tls.Client", "image.Decode", "image/png.Encode", "os/exec.Command", "type:.eq.net.Addr"}
	if got := forbidden(append([]string{"main.main", "internal/poll.init", "tellijn/firmware/eye.x"}, names...)); len(got) != len(names) {
		t.Errorf("found %q, want %q", got, names)
	}
}

func TestNeverListed(t *testing.T) {
	if exports(lists.Found{"0xc0405610 | EXPBUF | a": "both"}) == nil || exports(lists.Found{"1 | unknown | a": "sim"}) == nil ||
		exports(lists.Found{"0xc0585611 | DQBUF | a": "both"}) != nil {
		t.Error("a request that exports frames could be listed")
	}
	if dire(lists.Found{"eye | NETWORK | a": "real"}) == nil || dire(lists.Found{"eye | FILES | a": "real"}) != nil {
		t.Error("the network could be listed")
	}
}

func TestWords(t *testing.T) {
	tree, err := source.Parse(map[string]string{"firmware/eye/a.go": "package main\nimport \"flag\"\nfunc savePicture() { flag.Bool(\"live\", false, \"\") }"})
	if err != nil {
		t.Fatal(err)
	}
	results, err := worded(tree)
	short(t, results, err, "Names in the source", "savePicture")
	short(t, results, err, "Flags of the programs", "live")
}
