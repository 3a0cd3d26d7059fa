package firmware_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/boards"
	"tellijn/counting/pipeline"
	"tellijn/hal/camera"
	"tellijn/hal/camera/sim"
)

// alone counts a play in this process: the same frames through the same pipeline, without programs
// and pipes.
func alone(t *testing.T, seed uint64, seconds int32) (forward, backward, cycles uint32, truth []sim.Crossing) {
	t.Helper()
	b, err := boards.Lookup("sim")
	if err != nil {
		t.Fatal(err)
	}
	var lines []sim.Line
	for _, l := range b.Scene.Lines[:b.Scene.NLines] {
		lines = append(lines, sim.Line{A: sim.Point(l.A), B: sim.Point(l.B)})
	}
	c, err := sim.New(sim.Config{Format: b.Wanted, PersonArea: b.Scene.PersonArea, Lines: lines,
		Script: sim.Door(seed, sim.Nominal(), seconds)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p, err := pipeline.New(&b.Scene, c.Format())
	if err != nil {
		t.Fatal(err)
	}
	var f camera.Frame
	last := uint32(0)
	for c.Borrow(&f) == nil {
		last = f.Sequence
		err := p.Reduce(&f)
		if _, back := c.Return(&f); err != nil || back != nil {
			t.Fatal(err, back)
		}
		p.Count(last)
	}
	s := p.Close(last + 1)
	return s.Lines[0].Forward, s.Lines[0].Backward, s.Cycles, c.Truth()
}

// TestCountsTheSame plays two minutes through the programs and alone.
func TestCountsTheSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := start(t, dir, "-seed", "7", "-seconds", "120", "-speed", "1000", "-compress", "60")
	if code := w.end(); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	forward, backward, cycles, truth := alone(t, 7, 120)
	d := disk(t, dir)
	rs, f, b := d.records, d.forward, d.backward
	if f != forward || b != backward || cycles == 0 || len(rs) < 7 || len(rs) > 8 {
		t.Errorf("%d records, %d forward, %d backward; alone %d, %d of %d cycles", len(rs), f, b, forward, backward, cycles)
	}
	for i, r := range rs {
		if r.Coverage < 90 || i > 0 && r.To-r.From != 900 {
			t.Errorf("record %d: coverage %d of %d s", i, r.Coverage, r.To-r.From)
		}
	}
	var trueForward, trueBackward uint32
	for _, x := range truth {
		if x.Forward {
			trueForward++
		} else {
			trueBackward++
		}
	}
	t.Logf("counted %d forward, %d backward; truth %d, %d", f, b, trueForward, trueBackward)
	if f == 0 || b == 0 {
		t.Error("nobody was counted")
	}
	// How well is counting's own business, see its tests; here nothing may be lost or doubled on the way.
	near := func(got, want uint32) bool { return got+2+want/10 >= want && got <= want+2+want/10 }
	if !near(f, trueForward) || !near(b, trueBackward) {
		t.Errorf("counted %d forward, %d backward; truth %d, %d", f, b, trueForward, trueBackward)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.forward() != min(f, 1<<24-1) || w.recs != len(rs) {
		t.Errorf("shown %d forward and %d records, stored %d and %d", w.forward(), w.recs, f, len(rs))
	}
}

// TestKillTheEye ends the eye without warning, three times: what was shown is in the records.
func TestKillTheEye(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := start(t, dir, "-speed", "100")
	for range 3 {
		before := uint32(0)
		w.until("a tally", func() bool { before = w.forward(); return w.state.Counting })
		w.until("somebody", func() bool { return w.forward() > before })
		w.kill("eye")
		w.until("the end of the eye", func() bool { return !w.state.Counting })
	}
	w.until("another eye", func() bool { return w.state.Counting })
	if code := w.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if f := disk(t, dir).forward; f != w.forward() || f == 0 {
		t.Fatalf("stored %d forward, shown %d", f, w.forward())
	}
	if n := strings.Count(w.said(), "Failed   camera: the eye ended: signal: killed"); n != 3 {
		t.Errorf("said %d times that the eye was killed, want 3", n)
	}
}

// TestKillTheCourier ends the courier without warning, in the middle of its work.
func TestKillTheCourier(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := start(t, dir, "-speed", "100", "-compress", "900")
	for range 4 {
		before := 0
		w.until("a record", func() bool { before = w.recs; return before > 0 })
		w.until("more records", func() bool { return w.recs > before+20 })
		w.kill("courier")
	}
	if code := w.stop(syscall.SIGINT); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if f := disk(t, dir).forward; f != w.forward() {
		t.Fatalf("stored %d forward, shown %d", f, w.forward())
	}
}

// TestKillTheWarden ends one half of the warden without warning, the starter and the core in turn: the
// others end by themselves, what was shown is stored, and the next warden's records go on in
// the same chain.
func TestKillTheWarden(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	boots := map[[16]byte]bool{}
	shown := 0
	for run := range 4 {
		w := start(t, dir, "-speed", "200", "-compress", "900")
		w.until("records", func() bool { return w.recs >= 20 })
		all := []int{w.cmd.Process.Pid, w.find("eye"), w.find("courier"), w.find("warden-core")}
		if run%2 == 0 {
			w.cmd.Process.Kill()
			w.end()
		} else {
			w.kill("warden-core")
			if code := w.end(); code != 1 || !strings.Contains(w.said(), "the warden's core was ended: signal: killed") {
				t.Errorf("exit code %d, said %s", code, w.said())
			}
		}
		shown += w.recs
		gone(t, all)
	}
	rs := disk(t, dir).records
	for _, r := range rs {
		boots[r.Boot] = true
	}
	if len(rs) < shown || len(boots) != 4 {
		t.Fatalf("%d records of %d boots, %d were shown", len(rs), len(boots), shown)
	}
}

// TestKillAll ends everything at once, as a power cut does.
func TestKillAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := start(t, dir, "-speed", "200", "-compress", "900")
	w.until("records", func() bool { return w.recs >= 20 })
	all := []int{w.cmd.Process.Pid, w.find("warden-core"), w.find("courier"), w.find("eye")}
	for _, pid := range all {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	w.end()
	gone(t, all)
	if rs := disk(t, dir).records; len(rs) < w.recs {
		t.Fatalf("%d records, %d were shown", len(rs), w.recs)
	}
}

// TestNothingStays ends in order, and looks whether anything still runs.
func TestNothingStays(t *testing.T) {
	t.Parallel()
	w := start(t, t.TempDir(), "-speed", "50")
	w.until("somebody", func() bool { return w.forward() > 0 })
	all := []int{w.find("eye"), w.find("courier"), w.find("warden-core")}
	if code := w.stop(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	for _, pid := range all {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("process %d outlives the warden", pid)
		}
	}
}

// gone waits until processes have ended.
func gone(t *testing.T, pids []int) {
	t.Helper()
	for _, pid := range pids {
		for end := time.Now().Add(10 * time.Second); syscall.Kill(pid, 0) == nil; time.Sleep(5 * time.Millisecond) {
			if state(pid) == "Z" {
				break // ended; whoever adopted it has not looked yet
			}
			if time.Now().After(end) {
				t.Fatalf("process %d outlives the warden", pid)
			}
		}
	}
}

// state is the letter that proc(5) gives a process.
func state(pid int) string {
	b, err := os.ReadFile(filepath.Join("/proc", itoa(pid), "stat"))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return rest[:min(1, len(rest))]
}
