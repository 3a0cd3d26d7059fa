package firmware_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/eye/cycle"
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
	if f, _, _, _ := sums(stored(t, dir)); f != w.forward() {
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

// TestSpacesOrdinary runs everything as an ordinary user.
func TestSpacesOrdinary(t *testing.T) {
	t.Parallel()
	short(t)
	if os.Geteuid() != 0 {
		t.Skip("needs root, to become somebody else; TestSpaces runs as an ordinary user")
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
	who := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	w := startAs(t, who, dir, "-speed", "10")
	inspect(t, w)
	for _, name := range []string{"eye", "courier", "warden-core"} {
		if b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/uid_map", w.find(name))); strings.Join(strings.Fields(string(b)), " ") != "65534 65534 1" {
			t.Errorf("%s: users %s, want itself only", name, b)
		}
	}
	all := []int{w.find("eye"), w.find("courier"), w.find("warden-core")}
	w.cmd.Process.Kill() // the death of the parent reaches an eye with its own users, too
	w.end()
	gone(t, all)
	if rs := stored(t, dir); len(rs) < w.recs {
		t.Errorf("%d records, %d had a receipt", len(rs), w.recs)
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
			if err != nil {
				t.Fatal(err)
			}
			if shared := name == "courier" && ns == "net"; shared != (got == own) {
				t.Errorf("%s has %s, the test %s", name, got, own)
			}
			if other := seen[got]; other != "" {
				t.Errorf("%s and %s share %s", name, other, got)
			}
			seen[got] = name
		}
		if name == "courier" {
			continue // it will have a network to send records with
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
