package main

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/register"
	"tellijn/tools/collector/store"
	"tellijn/tools/collector/store/bolt"
)

// short gives a directory with a path short enough for a socket in it, which t.TempDir may not have.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "c")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

func post(t *testing.T, c *http.Client, p *process, d *collectortest.Device, things ...[]byte) {
	t.Helper()
	b := d.Pack(things...)
	body, err := batch.Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Post("https://"+p.address+batch.Path, batch.Type, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(a.Body)
	a.Body.Close()
	if err != nil || a.StatusCode != http.StatusOK {
		t.Fatal(a.Status, err)
	}
	verdicts, _ := collectortest.Read(t, p.key, b, answer)
	for i, v := range verdicts {
		if v.Outcome != batch.Stored {
			t.Errorf("item %d: %v", i, v.Reason)
		}
	}
}

// Every command gives the same, whether the collector runs or not.
func TestCommands(t *testing.T) {
	program, dir := build(t), short(t)
	d := collectortest.NewDevice(t, "north", time.Now().Add(-time.Hour).Truncate(time.Second))
	d.Simulated = true
	c, _ := enrolled(t, dir, d, "-simulated")
	p := serve(t, program, dir, "-simulated")
	post(t, c, p, d, d.Entry(), d.Record(nil), d.Record(nil))

	// A batch by file, while it runs: the answer lies beside it, and a second time changes nothing.
	stick := t.TempDir()
	b := d.Pack(d.Record(nil), d.Entry())
	body, _ := batch.Encode(b)
	file := filepath.Join(stick, batch.FileName("north", 7, batch.BatchFile))
	write := func(path string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, body)
	write(filepath.Join(stick, "holiday.batch"), []byte("something else"))
	for range 2 {
		if code, out, errs := command(t, "import", "-dir", dir, stick); code != 0 || !strings.Contains(out, "2 of 2 stored") {
			t.Fatal(code, out, errs)
		}
		answer, err := os.ReadFile(filepath.Join(stick, batch.FileName("north", 7, batch.AnswerFile)))
		if err != nil {
			t.Fatal(err)
		}
		collectortest.Read(t, p.key, b, answer)
	}
	write(filepath.Join(stick, batch.FileName("south", 1, batch.BatchFile)), body) // another's name on it
	write(filepath.Join(stick, batch.FileName("north", 8, batch.BatchFile)), body[:50])
	if code, out, _ := command(t, "import", "-dir", dir, stick); code != 1 || strings.Count(out, "NOT TAKEN") != 2 || strings.Count(out, "2 of 2 stored") != 1 {
		t.Error(code, out)
	}

	commands := [][]string{{"export"}, {"export", "-format", "json"}, {"export", "-raw"}, {"export", "-device", "nobody"}, {"verify"}, {"status", "-json"}}
	running := map[int]string{}
	for i, args := range commands {
		code, out, errs := command(t, append(args, "-dir", dir)...)
		if code != 0 {
			t.Error(args, code, errs)
		}
		running[i] = out
	}
	if !strings.Contains(running[4], "looked at 3 records, 2 log entries and 0 envelopes: 0 missing, 0 faults") || strings.Count(running[0], "\n") != 4 || !strings.Contains(running[5], `"state": "reports"`) {
		t.Error(running)
	}
	if code, _, errs := command(t, "export", "-dir", dir, "-from", "yesterday"); code != 1 || !strings.Contains(errs, "2027-01-31T00:00:00Z") {
		t.Error(code, errs)
	}
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Errorf("it ends with %v\n%s", err, p.said)
	}
	for i, args := range commands {
		if code, out, errs := command(t, append(args, "-dir", dir)...); code != 0 || out != running[i] {
			t.Errorf("%v: %d, %s\n%s\nwhile it runs:\n%s", args, code, errs, out, running[i])
		}
	}
	// To a file, which is not overwritten.
	o := filepath.Join(t.TempDir(), "raw")
	if code, out, errs := command(t, "export", "-dir", dir, "-raw", "-o", o); code != 0 || out != "" {
		t.Error(code, out, errs)
	}
	if code, _, _ := command(t, "export", "-dir", dir, "-o", o); code != 1 {
		t.Error("a file is overwritten")
	}
	raw, err := os.ReadFile(o)
	if err != nil || string(raw) != running[2] {
		t.Error(len(raw), err)
	}
	// Whoever does not trust the collector checks the messages with a program that has nothing of it.
	if out, err := exec.Command("go", "run", "tellijn/tools/verify", "-key", d.Key.Public().String(), "-whole", "-simulated", o).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	// A file while no collector runs; drawn people only if it is told.
	body, _ = batch.Encode(d.Pack(d.Record(nil)))
	last := filepath.Join(t.TempDir(), batch.FileName("north", 9, batch.BatchFile))
	write(last, body)
	if code, out, errs := command(t, "import", "-dir", dir, last); code != 0 || !strings.Contains(out, "0 of 1 stored, one refused: simulated") {
		t.Error(code, out, errs)
	}
	if code, out, errs := command(t, "import", "-dir", dir, "-simulated", last); code != 0 || !strings.Contains(out, "1 of 1 stored") {
		t.Error(code, out, errs)
	}
}

// A clock that went back: nothing is taken, status says why, and once the operator says that the clock is
// right, everything goes on. The collector runs, or does not.
func TestClockCommand(t *testing.T) {
	program := build(t)
	for _, runs := range []bool{false, true} {
		dir := short(t)
		d := collectortest.NewDevice(t, "north", time.Now().Add(-time.Hour))
		c, _ := enrolled(t, dir, d)
		if code, out, errs := command(t, "clock", "-dir", dir); code != 0 || !strings.HasPrefix(out, "believed: ") {
			t.Error(code, out, errs)
		}
		s, err := bolt.Open(filepath.Join(dir, register.StoreFile), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		later := time.Now().Add(10 * 24 * time.Hour)
		err = s.Update(func(w store.Writer) error { return w.PutBelief(store.Belief{Newest: later, Settled: later}) })
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		var p *process
		if runs {
			p = serve(t, program, dir)
		}
		body, _ := batch.Encode(d.Pack(d.Record(nil)))
		file := filepath.Join(t.TempDir(), batch.FileName("north", 1, batch.BatchFile))
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		doubts := func(want int) {
			t.Helper()
			for _, args := range [][]string{{"status"}, {"clock"}, {"status", "-json"}} {
				if code, out, errs := command(t, append(args, "-dir", dir)...); code != 0 || strings.Count(out, "clock: not believed: it says ") != want {
					t.Error(args, code, out, errs)
				}
			}
		}
		doubts(1)
		if code, out, _ := command(t, "import", "-dir", dir, file); code != 1 || !strings.Contains(out, "NOT TAKEN") || !strings.Contains(out, "clock -confirm") {
			t.Error(code, out)
		}
		if runs {
			a, err := c.Post("https://"+p.address+batch.Path, batch.Type, bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			a.Body.Close()
			if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
				t.Error(a.Status)
			}
		}
		doubts(1)
		if code, out, errs := command(t, "clock", "-dir", dir, "-confirm"); code != 0 || !strings.HasPrefix(out, "believed: ") {
			t.Error(code, out, errs)
		}
		doubts(0)
		if code, out, _ := command(t, "import", "-dir", dir, file); code != 0 || !strings.Contains(out, "1 of 1 stored") {
			t.Error(code, out)
		}
		if runs {
			if err := p.end(syscall.SIGTERM); err != nil || strings.Count(p.said.String(), "no batch is taken and nothing is deleted") != 1 || strings.Contains(p.said.String(), "could not be deleted") {
				t.Errorf("%v\n%s", err, p.said)
			}
		}
	}
}

// The clock is looked at each minute, and said to be wrong once.
func TestSaidOnce(t *testing.T) {
	dir := short(t)
	if code, _, errs := command(t, "enrol", "-dir", dir); code != 0 {
		t.Fatal(errs)
	}
	var said bytes.Buffer
	s := service{dir: dir, days: keepDays, log: slog.New(slog.NewTextHandler(&said, nil))}
	if err := s.open(false); err != nil {
		t.Fatal(err)
	}
	defer s.store.Close()
	now := time.Now()
	s.desk.Intake.Now = func() time.Time { return now }
	doubted := false
	for _, wrong := range []bool{false, true, true, true, false, false, true} {
		if now = time.Now(); wrong {
			now = now.AddDate(10, 0, 0)
		}
		if doubted = s.believe(doubted); doubted != wrong {
			t.Errorf("wrong %v: doubted %v", wrong, doubted)
		}
	}
	if strings.Count(said.String(), "no batch is taken") != 2 || strings.Count(said.String(), "believed again") != 1 {
		t.Error(said.String())
	}
}

// A receipt for other bytes than those of the file is no answer to it.
func TestImportOfOtherBytes(t *testing.T) {
	dir := short(t)
	d := collectortest.NewDevice(t, "north", time.Now().Add(-time.Hour))
	enrolled(t, dir, d)
	body, _ := batch.Encode(d.Pack(d.Record(nil)))
	path := filepath.Join(t.TempDir(), batch.FileName("north", 1, batch.BatchFile))
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := register.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	key, err := r.Receipts()
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []byte{1, 0} {
		_, err := take(dir, path, false, func(a batch.Answer) (batch.Receipt, error) {
			r, err := batch.OpenReceipt(key.Public(), a.Receipt)
			r.Batch[0] ^= other
			return r, err
		})
		_, missing := os.Stat(strings.TrimSuffix(path, batch.BatchFile) + batch.AnswerFile)
		if (err != nil) != (other != 0) || (missing != nil) != (other != 0) {
			t.Errorf("%d: %v, %v", other, err, missing)
		}
	}
}

// What was altered in the file is found, and the command says so to whoever called it.
func TestVerifyFails(t *testing.T) {
	program, dir := build(t), short(t)
	d := collectortest.NewDevice(t, "north", time.Now().Add(-time.Hour))
	c, _ := enrolled(t, dir, d)
	p := serve(t, program, dir)
	post(t, c, p, d, d.Record(nil))
	if err := os.Remove(filepath.Join(dir, "devices", "north.json")); err != nil {
		t.Fatal(err)
	}
	if code, out, _ := command(t, "verify", "-dir", dir); code != 1 || !strings.Contains(out, "north") {
		t.Error(code, out)
	}
	p.end(syscall.SIGTERM)
	if code, out, _ := command(t, "verify", "-dir", dir); code != 1 || !strings.Contains(out, "north") {
		t.Error(code, out)
	}
}

// Only its owner reaches the socket, and a second collector does not start in the same directory.
func TestOneAtATime(t *testing.T) {
	program, dir := build(t), short(t)
	p := serve(t, program, dir)
	if i, err := os.Stat(filepath.Join(dir, "serve.sock")); err != nil || i.Mode().Perm() != 0o600 {
		t.Error(i, err)
	}
	out, err := exec.Command(program, "serve", "-dir", dir, "-listen", "127.0.0.1:0").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "in use") {
		t.Errorf("%v, %s", err, out)
	}
	if code, _, errs := command(t, "status", "-dir", dir); code != 0 {
		t.Error("the first is not reached any more:", errs)
	}
	p.end(syscall.SIGKILL) // leaves its socket
	p = serve(t, program, dir)
	if code, _, errs := command(t, "status", "-dir", dir); code != 0 {
		t.Error(errs)
	}
	p.end(syscall.SIGTERM)
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"dance"}, {"serve"}, {"serve", "-dir", "x", "-listen", "8443"}, {"serve", "-dir", "x", "-keep", "0"}, {"enrol"},
		{"enrol", "-dir", "x", "-device", "y"}, {"enrol", "-dir", "x", "-revoke", "y", "-device", "z"}, {"status"}, {"export", "-dir", "x", "y"}, {"import", "-dir", "x"}, {"verify", "-loud"}, {"clock"}, {"clock", "-dir", "x", "y"}} {
		if code, _, errs := command(t, args...); code != 2 || errs == "" {
			t.Errorf("%q: %d, %q", args, code, errs)
		}
	}
	for _, name := range []string{"enrol", "serve", "import", "status", "export", "verify", "clock"} {
		code, _, errs := command(t, name, "-help")
		if code != 0 || !strings.Contains(errs, "collector "+name) || !strings.Contains(errs, "-dir") || len(errs) < 200 {
			t.Errorf("%s -help: %d\n%s", name, code, errs)
		}
	}
	if code, _, errs := command(t, "status", "-dir", filepath.Join(t.TempDir(), "none")); code != 1 || !strings.Contains(errs, "enrol") {
		t.Error(code, errs)
	}
}
