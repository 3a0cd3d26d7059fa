package firmware_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/counting/tally"
	"tellijn/firmware/orders"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
)

func itoa(n int) string { return strconv.Itoa(n) }

// TestDamagedQueue finds no queue where one should be: it is kept, and counting goes on.
func TestDamagedQueue(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rubbish := bytes.Repeat([]byte("no queue "), 10_000)
	if err := os.Mkdir(filepath.Join(dir, "courier"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "courier", "queue.db"), rubbish, 0o600); err != nil {
		t.Fatal(err)
	}
	w := start(t, dir, "-seconds", "30", "-speed", "1000", "-compress", "90")
	if code := w.end(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if !strings.Contains(w.said(), "the queue was damaged and a new one is started") {
		t.Error("not said aloud")
	}
	if kept, err := os.ReadFile(filepath.Join(dir, "courier", "queue.db.damaged-1")); err != nil || !bytes.Equal(kept, rubbish) {
		t.Errorf("not kept: %v", err)
	}
	if n := stored(t, dir); n < 2 || len(disk(t, dir).records) != n {
		t.Errorf("%d records", n)
	}
}

// TestSummary stops as Ctrl-C does.
func TestSummary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := start(t, dir, "-speed", "50", "-compress", "900")
	w.until("somebody", func() bool { return w.forward() > 0 && w.recs > 3 })
	if code := w.stop(syscall.SIGINT); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	d := disk(t, dir)
	rs, f, b := d.records, d.forward, d.backward
	for _, want := range []string{
		"Loaded   board: Simulated board", "Skipped  upload", "Loaded   camera: sim, 160x120 GREY, 25 frames a second",
		"Counted  line 1: " + itoa(int(f)) + " forward, " + itoa(int(b)) + " backward",
		"Stored   " + itoa(len(rs)) + " records in " + dir + "/courier/queue.db",
	} {
		if !strings.Contains(w.said(), want) {
			t.Errorf("not said: %s", want)
		}
	}
}

// TestRefusedStarts looks at what a person gets to read who starts the warden wrongly.
func TestRefusedStarts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"-board", "toaster"}, "no board"},
		{[]string{"-driver", "radar"}, "radar"},
		{[]string{"-driver", "v4l2", "-device", "/etc/passwd"}, "below /dev/"},
		{[]string{"-driver", "clip"}, "-feed go together"},
		{[]string{"-speed", "5000"}, "5000"},
		{[]string{"-eye", "/no/such/eye"}, "no such file"},
		{[]string{"-config", "/no/such/file"}, "no such file"},
	} {
		w := start(t, t.TempDir(), tc.args...)
		if code := w.end(); code != 1 || !strings.Contains(w.said(), tc.want) {
			t.Errorf("%q: exit code %d and %q, want %q", tc.args, code, w.said(), tc.want)
		}
	}
}

// Scripts of the bad eye, told to it as the seed of the play.
const (
	lies    = 1 << 20 // numbers that cannot be
	floods  = 2 << 20 // more tallies than time allows
	comes   = 3 << 20 // loses its camera, twice, then has it for good
	chatter = 4 << 20 // writes text where only one line belongs
	hangs   = 5 << 20 // stops dead with a frame in its hands, once
	breaks  = 6 << 20 // makes a system call that its filter does not have
)

// pretend is the bad eye.
func pretend() {
	o, err := orders.Read(os.Stdin)
	if err != nil {
		os.Exit(int(orders.BadOrders))
	}
	w := wire.NewWriter(os.NewFile(3, "tallies"), wire.Stream{Pixel: camera.GREY, Width: 160, Height: 120, Interval: 40 * time.Millisecond})
	beat := func(n uint32) tally.Tally {
		t := tally.Tally{Number: n, From: 5 * n, To: 5*n + 5, Cycles: 5}
		t.Lines[0].Forward = 1
		return t
	}
	script, note := o.Sim.Seed>>20<<20, note(o.Sim.Seed)
	for n := uint32(0); ; n++ {
		t := beat(n)
		switch {
		case script == lies && n == 5:
			t.Lines[3].Backward = 1
		case script == comes && n == 5:
			before, _ := os.ReadFile(note)
			os.WriteFile(note, append(before, '.'), 0o600)
			if len(before) < 2 {
				os.Stderr.WriteString("eye: camera: gone: pulled out\n")
				os.Exit(int(orders.Gone))
			}
		case script == hangs && n == 5:
			hang(note)
		case script == breaks && n == 5:
			tryWhatItMayNot()
		case script == chatter:
			os.Stderr.Write(bytes.Repeat([]byte("\x1b[31mtext "), 1000))
			os.Stderr.WriteString("\n")
		}
		if w.Write(&t) != nil {
			os.Exit(int(orders.NobodyAsks))
		}
		if script != floods {
			time.Sleep(o.Beat / time.Duration(o.Speed))
		}
	}
}

// note is where the bad eye remembers how often it ran. It is told nothing but numbers.
func note(seed uint64) string { return "/tmp/tellijn-bad-eye-" + strconv.FormatUint(seed, 10) }

// bad starts a warden with the bad eye.
func bad(t *testing.T, dir string, script uint64, args ...string) *warden {
	t.Helper()
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	seed := script + uint64(os.Getpid())%(1<<20)
	t.Cleanup(func() { os.Remove(note(seed)) })
	return start(t, dir, append([]string{"-eye", me, "-seed", strconv.FormatUint(seed, 10)}, args...)...)
}

func TestLyingEye(t *testing.T) {
	t.Parallel()
	for script, want := range map[uint64]string{
		lies:   "a tally breaks a rule: only lines of the orders",
		floods: "a tally breaks a rule: no more tallies than beats",
	} {
		dir := t.TempDir()
		w := bad(t, dir, script, "-speed", "4")
		w.hears("the eye was ended, because it said what cannot be")
		if code := w.stop(syscall.SIGTERM); code != 0 {
			t.Fatalf("exit code %d", code)
		}
		if !strings.Contains(w.said(), want) {
			t.Errorf("not said: %s", want)
		}
		// The tallies before the lie stay, the lie itself never gets in.
		d := disk(t, dir)
		f, b := d.forward, d.backward
		if f == 0 || b != 0 || f != w.forward() {
			t.Errorf("stored %d forward, %d backward, shown %d", f, b, w.forward())
		}
	}
}

// TestCameraComesBack has a camera that is pulled out twice. It is said once a time, in one line.
func TestCameraComesBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := bad(t, dir, comes, "-speed", "10")
	w.until("the camera for good", func() bool { return w.forward() > 20 })
	if code := w.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if n := strings.Count(w.said(), "Failed   camera: the eye lost its camera; look at the plug and the cable; it is started again until it works"); n != 2 {
		t.Errorf("said %d times that the camera is gone, want 2", n)
	}
	if n := strings.Count(w.said(), "Loaded   camera: "); n != 3 {
		t.Errorf("said %d times that the camera is there, want 3", n)
	}
	if f := disk(t, dir).forward; f != w.forward() {
		t.Errorf("stored %d forward, shown %d", f, w.forward())
	}
}

// TestEyeHasNoText has an eye that writes where it should not: the warden shows none of it.
func TestEyeHasNoText(t *testing.T) {
	t.Parallel()
	w := bad(t, t.TempDir(), chatter, "-speed", "10")
	w.until("tallies", func() bool { return w.forward() > 20 })
	w.stop(syscall.SIGTERM)
	if s := w.said(); strings.Contains(s, "text") || strings.Contains(s, "\x1b") {
		t.Errorf("shown: %.200q", s)
	}
}

// TestNoCourier has a courier that never works: that is said, once, records wait in the ledger, and the
// end is in order.
func TestNoCourier(t *testing.T) {
	t.Parallel()
	w := start(t, t.TempDir(), "-courier", "/bin/false")
	w.hears("Failed   queue: the courier ended: exit status 1; it is started again")
	time.Sleep(time.Second) // some more tries
	if code := w.stop(syscall.SIGHUP); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if s := w.said(); strings.Count(s, "Failed   queue") != 1 || !strings.Contains(s, "records wait for it in the ledger") {
		t.Errorf("said:\n%s", s)
	}
}
