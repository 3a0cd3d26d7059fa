package debian

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/tools/fieldkit/programs"
)

// TestWhole makes a package to try, twice, lets dpkg install it, lets systemd look at the unit, and starts
// the warden from the installed files as the unit would.
func TestWhole(t *testing.T) {
	if raceDetector {
		t.Skip("one goroutine that computes for long: not with the race detector")
	}
	if testing.Short() {
		t.Skip("builds all programs; not with -short")
	}
	if runtime.GOOS != "linux" || settings(runtime.GOARCH) == nil {
		t.Skip("the programs are started here, which needs Linux on a processor that packages are made for")
	}
	if os.Getuid() != 0 {
		t.Skip("dpkg installs as root only")
	}
	tree, err := programs.Find(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	before, err := tree.Sum(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file, again := filepath.Join(t.TempDir(), "a.deb"), filepath.Join(t.TempDir(), "b.deb")
	for _, path := range []string{file, again} {
		var out bytes.Buffer
		if err := Command().Run(t.Context(), []string{"-arch", runtime.GOARCH, "-board", "sim", "-o", path}, &out, &out); err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^sha256 [0-9a-f]{64} `).MatchString(out.String()) {
			t.Error(out.String())
		}
	}
	a, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if after, err := tree.Sum(t.Context()); err != nil || after != before {
		t.Logf("somebody changed the source meanwhile (%v); two packages are not compared", err)
	} else if b, err := os.ReadFile(again); err != nil || !bytes.Equal(a, b) {
		t.Errorf("the same source gave %d and %d bytes that differ; %v", len(a), len(b), err)
	}
	root := installed(t, file)
	verified(t, root)
	counts(t, started(t, root))
}

// started gives the line of the unit as systemd would start it, in the folder.
func started(t *testing.T, root string) []string {
	t.Helper()
	unit, err := os.ReadFile(filepath.Join(root, unitFile))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^ExecStart=(.*)$`).FindStringSubmatch(string(unit))
	if line == nil {
		t.Fatal("no ExecStart")
	}
	env, err := os.ReadFile(filepath.Join(root, boardFile))
	if err != nil {
		t.Fatal(err)
	}
	text := line[1]
	for _, v := range regexp.MustCompile(`(?m)^([A-Z]+)=(.*)$`).FindAllStringSubmatch(string(env), -1) {
		text = strings.NewReplacer("${"+v[1]+"}", v[2], "$"+v[1], v[2]).Replace(text)
	}
	args := strings.Fields(text)
	for i, a := range args {
		if strings.HasPrefix(a, "/") {
			args[i] = root + a
		}
	}
	return args
}

// verified lets systemd look at the unit, with the programs where they are.
func verified(t *testing.T, root string) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Log("no systemd-analyze on this machine; the unit was not looked at")
		return
	}
	unit := filepath.Join(t.TempDir(), "tellijn.service")
	if err := os.WriteFile(unit, bytes.ReplaceAll(service, []byte("/usr/lib/tellijn"), []byte(root+"/usr/lib/tellijn")), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := do(t, "systemd-analyze", "verify", unit); err != nil || strings.Contains(out, "tellijn.service") {
		t.Errorf("%v: %s", err, out)
	}
}

// counts starts the warden, waits until it has an eye that counts, and ends it in order.
func counts(t *testing.T, args []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	said := &heard{want: "Loaded   camera", found: make(chan bool, 1)}
	c.Stdout, c.Stderr = said, said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-said.found:
	case <-ctx.Done():
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	err := c.Wait()
	for _, want := range []string{"Loaded   board: Simulated board", "Loaded   camera", "Stored "} {
		if !strings.Contains(said.text.String(), want) {
			t.Errorf("%v, no %q in\n%s", err, want, said.text.String())
		}
	}
}

// heard keeps what a program says and tells when it has said something.
type heard struct {
	text  bytes.Buffer // read once the program has ended
	want  string
	found chan bool
}

func (h *heard) Write(b []byte) (int, error) {
	h.text.Write(b)
	if h.want != "" && strings.Contains(h.text.String(), h.want) {
		h.want = ""
		h.found <- true
	}
	return len(b), nil
}
