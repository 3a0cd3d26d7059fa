package firmware_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/eye/cycle"
	"tellijn/privacy/layers"
)

// TestOverdue has an eye that stops dead with a frame in its hands: the alarm runs out, and it is
// ended within a moment, its camera loses its power, and another eye counts.
func TestOverdue(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := bad(t, dir, hangs, "-speed", "10")
	eye := w.find("firmware.test")
	gone(t, []int{eye})
	ended := time.Now()
	b, err := os.ReadFile(note(hangs + uint64(os.Getpid())%(1<<20)))
	at, nan := strconv.ParseInt(string(b), 10, 64)
	if err != nil || nan != nil {
		t.Fatalf("it never hung: %v, %v; %s", err, nan, w.said())
	}
	took := ended.Sub(time.Unix(0, at))
	t.Logf("ended %v after it took the frame, at most %v and a moment", took, cycle.MaxLife)
	if took < cycle.MaxLife || took > cycle.MaxLife+time.Second {
		t.Errorf("ended after %v", took)
	}
	w.hears("Event    the eye held a frame for more than 200 ms, and was ended")
	w.hears("Event    the camera has no power")
	w.hears("Failed   camera: the eye was ended, because it held a frame for more than 200 ms; it is started again")
	w.until("another eye", func() bool { return w.forward() > 20 })
	if dark := w.find("firmware.test"); dark == eye {
		t.Error("the same process")
	}
	if code := w.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if f := disk(t, dir).forward; f != w.forward() {
		t.Errorf("stored %d forward, shown %d", f, w.forward())
	}
}

// TestFiltered has an eye that the kernel ends for a system call.
func TestFiltered(t *testing.T) {
	t.Parallel()
	w := bad(t, t.TempDir(), breaks, "-speed", "10")
	w.hears("Event    the eye tried what it may not, and the kernel ended it")
	w.hears("Failed   camera: the eye tried what it may not, and the kernel ended it; it is started again")
	if code := w.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if strings.Contains(w.said(), "for more than 200 ms") {
		t.Error("said to be overdue")
	}
}

// TestSpaces looks at the namespaces of each program and at the networks in them.
func TestSpaces(t *testing.T) {
	t.Parallel()
	w := start(t, t.TempDir(), "-speed", "10")
	inspect(t, w)
}

// ordinary starts everything as an ordinary user.
func ordinary(t *testing.T, args ...string) (*warden, string) {
	t.Helper()
	short(t)
	if os.Geteuid() != 0 {
		dir := t.TempDir()
		return start(t, dir, args...), dir
	}
	dir, err := os.MkdirTemp("", "tellijn-ordinary-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	const nobody = 65534
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	return startAs(t, func(c *exec.Cmd) {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}, dir, args...), dir
}

// TestSpacesOrdinary runs everything as an ordinary user.
func TestSpacesOrdinary(t *testing.T) {
	t.Parallel()
	w, dir := ordinary(t, "-speed", "10")
	inspect(t, w)
	for _, name := range []string{"eye", "courier", "warden-core"} {
		if b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/uid_map", w.find(name))); len(strings.Fields(string(b))) != 3 || !strings.HasSuffix(strings.TrimSpace(string(b)), " 1") {
			t.Errorf("%s: users %s, want itself only", name, b)
		}
	}
	all := []int{w.find("eye"), w.find("courier"), w.find("warden-core")}
	w.cmd.Process.Kill() // the death of the parent reaches an eye with its own users, too
	w.end()
	gone(t, all)
	if rs := disk(t, dir).records; len(rs) < w.recs {
		t.Errorf("%d records, %d were shown", len(rs), w.recs)
	}
}

// inspect compares the namespaces of the programs with those of the test.
func inspect(t *testing.T, w *warden) {
	t.Helper()
	w.until("tallies", func() bool { return w.shown > 5 })
	if s := w.said(); strings.Contains(s, "Skipped  namespaces") {
		t.Skip(s)
	}
	seen := map[string]string{}
	for _, name := range []string{"eye", "warden-core", "courier"} {
		pid := w.find(name)
		for _, ns := range []string{"net", "mnt", "pid", "ipc", "uts"} {
			own, err := os.Readlink("/proc/self/ns/" + ns)
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", pid, ns))
			if errors.Is(err, os.ErrPermission) {
				t.Skipf("only root may look into a closed program: %v", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if got == own {
				t.Errorf("%s has %s, the test %s", name, got, own)
			}
			if other := seen[got]; other != "" {
				t.Errorf("%s and %s share %s", name, other, got)
			}
			seen[got] = name
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000", "CapPrm:\t0000000000000000"} {
			if !strings.Contains(string(status), want+"\n") {
				t.Errorf("%s: no %q in its status", name, want)
			}
		}
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/dev", pid))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(b), ":"); n != 1 || !strings.Contains(string(b), "lo:") {
			t.Errorf("%s has %d network interfaces, want only lo:\n%s", name, n, b)
		}
	}
}

// TestEyeDiesWithItsStarter stops the core, so that nobody hangs up, and kills the starter: the kernel
// ends the eye, also one that was root and became nobody, and the core, stopped as it is.
func TestEyeDiesWithItsStarter(t *testing.T) {
	t.Parallel()
	w := start(t, t.TempDir(), "-speed", "1")
	w.until("tallies", func() bool { return w.shown > 2 })
	core, eye := w.find("warden-core"), w.find("eye")
	syscall.Kill(core, syscall.SIGSTOP)
	defer syscall.Kill(core, syscall.SIGKILL)
	w.cmd.Process.Kill()
	gone(t, []int{eye, core})
}

// forbid is a machine on which nobody may make namespaces; then it is the warden.
func forbid() {
	for _, name := range []string{"user", "net", "mnt", "pid", "ipc", "uts"} {
		if err := os.WriteFile("/proc/sys/user/max_"+name+"_namespaces", []byte("0"), 0); err != nil {
			fmt.Println("cannot forbid namespaces here:", err)
			os.Exit(93)
		}
	}
	fmt.Println(syscall.Exec(filepath.Join(filepath.Dir(os.Args[2]), "warden"), append([]string{"warden"}, os.Args[1:]...), nil))
	os.Exit(94)
}

// TestNoSpaces counts where the kernel gives no namespaces, and says of each program that it has none.
func TestNoSpaces(t *testing.T) {
	t.Parallel()
	short(t)
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w := startAs(t, func(c *exec.Cmd) {
		c.Path, c.Args[0] = me, "forbidden"
		// The first argument says where the programs are.
		c.Args = append([]string{"forbidden", "-eye", filepath.Join(programs, "eye")}, c.Args[1:]...)
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}}
	}, dir, "-speed", "10", "-seconds", "20", "-compress", "900")
	if code := w.end(); code != 0 {
		if strings.Contains(w.said(), "cannot forbid") {
			t.Skip(w.said())
		}
		t.Fatalf("exit code %d", code)
	}
	for _, who := range []string{"the warden", "the courier", "the eye"} {
		if want := "Skipped  namespaces: " + who + " has none of its own (no space left on device)"; strings.Count(w.said(), want) != 1 {
			t.Errorf("not said once: %s", want)
		}
	}
	lacks, needed := "Skipped  confinement of the eye: no namespaces", layers.Needed&^layers.Spaces
	if os.Geteuid() == 0 { // who is root in a namespace that knows nobody else cannot become somebody else
		lacks, needed = "Skipped  confinement of the eye: no dropped rights, no namespaces", needed&^layers.Rights
	}
	if !strings.Contains(w.said(), lacks) {
		t.Error("not said what the eye lacks")
	}
	for i, r := range disk(t, dir).records {
		if r.Coverage > 0 && r.Held()&layers.Needed != needed {
			t.Errorf("record %d: held in by %s, want of what is needed %s", i, r.Held(), needed)
		}
	}
	if f := disk(t, dir).forward; f != w.forward() {
		t.Errorf("stored %d forward, shown %d", f, w.forward())
	}
}

// TestLayersInTheRecord compares what the records say of the eye's layers with what the warden said.
func TestLayersInTheRecord(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := start(t, dir, "-speed", "100", "-seconds", "60", "-compress", "90")
	if code := w.end(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	rs := disk(t, dir).records
	if len(rs) == 0 {
		t.Fatal("no records")
	}
	for i, r := range rs {
		said := "Loaded   confinement of the eye: " + r.Held().String() + "\n"
		if r.Coverage == 0 || !strings.Contains(w.said()+"\n", said) {
			t.Errorf("record %d of coverage %d: not said: %s", i, r.Coverage, said)
		}
		// That it has namespaces is the starter's to know, not the eye's.
		if lacks := strings.Contains(w.said(), "Skipped  namespaces: the eye"); lacks == (r.Held()&layers.Spaces != 0) {
			t.Errorf("record %d: held in by %s, without namespaces %v", i, r.Held(), lacks)
		}
	}
}

// TestManifests asks the programs what they may do. A core without a starter does nothing.
func TestManifests(t *testing.T) {
	t.Parallel()
	short(t)
	for name, want := range map[string]string{"warden": "it starts no program and opens no file", "courier": "it has no camera and no device",
		"eye": "it opens nothing but its camera"} {
		out, err := exec.Command(filepath.Join(programs, name), "-manifest").Output()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v, %q, want %q", name, err, out, want)
		}
	}
	out, err := exec.Command(filepath.Join(programs, "warden"), "core", "-board", "sim").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "no starter on descriptor 3") {
		t.Errorf("a core by itself: %v, %s", err, out)
	}
}

// TestFirstProcess runs the warden as the first process of a machine, as far as it can tell.
func TestFirstProcess(t *testing.T) {
	t.Parallel()
	short(t)
	if os.Geteuid() != 0 {
		t.Skip("needs root, for a namespace of processes")
	}
	dir := t.TempDir()
	w := startAs(t, func(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID} }, dir, "-speed", "50")
	w.until("somebody", func() bool { return w.forward() > 0 })
	w.kill("eye")
	w.hears("Failed   camera: the eye ended: signal: killed")
	w.until("another eye", func() bool { return strings.Count(strings.Join(w.words, "\n"), "Loaded   camera") == 2 })
	if code := w.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if f := disk(t, dir).forward; f != w.forward() {
		t.Errorf("stored %d forward, shown %d", f, w.forward())
	}
}
