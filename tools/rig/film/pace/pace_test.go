package pace

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// program starts one and gives its number.
func program(t *testing.T, script string) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells of each thread whether it sleeps")
	}
	sh, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	c := exec.Command(sh, "-c", script)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		c.Process.Kill()
		c.Wait()
	})
	return c.Process.Pid
}

// idle looks for a while and tells how many looks there were, and how many found nothing at work.
func idle(t *testing.T, w *Watch, d time.Duration) (looks, asleep int) {
	t.Helper()
	for began := time.Now(); time.Since(began) < d; time.Sleep(time.Millisecond) {
		looks++
		switch ok, err := w.Idle(time.Now()); {
		case err != nil:
			t.Fatal(err)
		case ok:
			asleep++
		}
	}
	return looks, asleep
}

func TestIdle(t *testing.T) {
	w := New(program(t, "read line"))
	if _, asleep := idle(t, w, 2*time.Second); asleep == 0 {
		t.Error("a program that waits was never found asleep")
	}
	if ok, err := w.Idle(time.Now().Add(time.Second)); err != nil || !ok {
		t.Errorf("%v, %v", ok, err)
	}
}

// TestBusy: one that works is never found asleep, however many programs it shares its processor with.
func TestBusy(t *testing.T) {
	for range 2 * runtime.NumCPU() {
		program(t, "while :; do :; done")
	}
	w := New(program(t, "while :; do :; done"))
	time.Sleep(200 * time.Millisecond) // until it has begun
	if looks, asleep := idle(t, w, time.Second); asleep > 0 {
		t.Errorf("found asleep in %d of %d looks", asleep, looks)
	}
}

// TestLooks plays what the kernel says of two threads, a look every two milliseconds.
func TestLooks(t *testing.T) {
	for _, tc := range []struct {
		what, states string // of the second thread, one letter a look
		turns        string // on a processor so far, one digit a look
		want         string // i for idle
	}{
		{"sleeps", "SSSSS", "11111", "..iii"},
		{"runs at first", "RRSSSS", "111111", "....ii"},
		{"waits for a card", "DDDD", "1111", "...."},
		{"ran between two looks", "SSSSSS", "112222", "....ii"},
		{"runs now and then", "SSSRSSSSS", "111111222", "..i.....i"},
	} {
		dir := t.TempDir()
		w := &Watch{folder: dir}
		now, got := time.Unix(1000, 0), ""
		for i := range tc.states {
			for thread, state := range map[string]string{"7": "S", "8": tc.states[i : i+1]} {
				os.MkdirAll(dir+"/"+thread, 0o755)
				os.WriteFile(dir+"/"+thread+"/stat", []byte("7 (a) R (b) "+state+" 1 2 3"), 0o644)
				os.WriteFile(dir+"/"+thread+"/schedstat", []byte("123 456 "+tc.turns[i:i+1]+"\n"), 0o644)
			}
			ok, err := w.Idle(now)
			if err != nil {
				t.Fatal(err)
			}
			got += map[bool]string{true: "i", false: "."}[ok]
			now = now.Add(2 * time.Millisecond)
		}
		if got != tc.want {
			t.Errorf("%s: %s, want %s", tc.what, got, tc.want)
		}
	}
	dir := t.TempDir()
	os.MkdirAll(dir+"/7", 0o755)
	for _, stat := range []string{"", "7 (a", "7 (a)"} {
		os.WriteFile(dir+"/7/stat", []byte(stat), 0o644)
		if _, err := (&Watch{folder: dir}).Idle(time.Now()); err == nil {
			t.Errorf("stat %q was taken", stat)
		}
	}
}

func TestCannot(t *testing.T) {
	for _, w := range []*Watch{{}, New(1 << 30)} {
		if ok, err := w.Idle(time.Now()); ok || err == nil {
			t.Errorf("%+v: %v, %v", w, ok, err)
		}
	}
}

// TestFavour: the kernel says that it is so.
func TestFavour(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root lets a program go before others")
	}
	pid := program(t, "read line")
	if err := Favour(pid); err != nil {
		t.Fatal(err)
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if f := strings.Fields(string(stat)); err != nil || len(f) < 19 || f[18] != "-15" {
		t.Errorf("%q, %v", stat, err)
	}
	if err := Favour(1 << 30); err == nil {
		t.Error("a process that is not there was favoured")
	}
}
