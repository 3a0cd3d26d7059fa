package programs

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// said collects lines.
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) say(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "|")
}

// shell starts a shell with these words.
func shell(t *testing.T, words string) (*Process, *said) {
	t.Helper()
	s := &said{}
	p, err := Start("shell", "/bin/sh", []string{"-c", words}, nil, s.say)
	if err != nil {
		t.Skipf("no shell here: %v", err)
	}
	t.Cleanup(func() { p.End(0) })
	return p, s
}

// hear waits for words.
func hear(t *testing.T, s *said, words string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !strings.Contains(s.String(), words); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it says %q, want %q", s, words)
		}
	}
}

func TestEnd(t *testing.T) {
	var none *Process
	if !none.End(0) {
		t.Error("what was never started has not ended well")
	}
	p, s := shell(t, `trap "echo goes; exit 0" TERM; echo here; while :; do sleep 0.01; done`)
	hear(t, s, "here")
	if !p.End(10*time.Second) || s.String() != "here|goes" || p.Err() != nil {
		t.Errorf("%v; it said %q", p.Err(), s)
	}
	p, s = shell(t, `trap "" TERM; echo here; while :; do sleep 0.01; done`)
	hear(t, s, "here")
	if p.End(50 * time.Millisecond) {
		t.Error("one that does not want to is said to have ended well")
	}
	select {
	case <-p.Done():
	default:
		t.Error("it has not ended")
	}
}

// TestLongLine: words that nobody can read stop nobody.
func TestLongLine(t *testing.T) {
	p, _ := shell(t, `head -c 200000 /dev/zero | tr "\0" x; echo; echo done`)
	select {
	case <-p.Done():
	case <-time.After(10 * time.Second):
		t.Error("it waits for somebody to read its words")
	}
}

func TestPeaks(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells (proc(5))")
	}
	p, s := shell(t, `sleep 30 & echo here; wait`)
	hear(t, s, "here")
	var peaks map[string]int
	for end := time.Now().Add(5 * time.Second); peaks["sleep"] == 0 && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		peaks = Peaks(p.Pid())
	}
	for _, name := range []string{"sh", "sleep"} {
		if n := peaks[name]; n < 100<<10 || n > 100<<20 {
			t.Errorf("%s: %d bytes of %v", name, n, peaks)
		}
	}
	if len(peaks) != 2 {
		t.Errorf("%v, want two", peaks)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"brokerlike": 0o755, "plain": 0o644} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", "/nowhere:"+dir)
	for name, want := range map[string]string{"brokerlike": filepath.Join(dir, "brokerlike"), "plain": "", "absent": ""} {
		if got := Find(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
