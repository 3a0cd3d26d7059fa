package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"tellijn/privacy/record"
	"tellijn/privacy/sign"
)

// built is this tool, built as a person's go run would, and the directory with all that it starts, built
// as the tool itself does.
func built(t *testing.T) (tool, dir string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and starts programs; not with -short")
	}
	dir, remove, err := (&options{}).build(context.Background(), &terminal{out: io.Discard})
	t.Cleanup(remove)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"build", "-o", dir + "/", "tellijn/tools/try", "tellijn/tools/verify"}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return filepath.Join(dir, "try"), dir
}

// buffer collects what a program says while it runs.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// tried is the tool while it runs.
type tried struct {
	cmd  *exec.Cmd
	out  *buffer
	keys io.WriteCloser
	tool string
	dir  string // of its files
	done chan error
	once sync.Once
	err  error
}

// start starts the tool.
func start(t *testing.T, tool string, args ...string) *tried {
	t.Helper()
	r := &tried{tool: tool, dir: filepath.Join(t.TempDir(), "house"), out: &buffer{}, done: make(chan error, 1)}
	r.cmd = exec.Command(tool, append([]string{"-dir", r.dir, "-addr", "127.0.0.1:0"}, args...)...)
	r.cmd.Stdout, r.cmd.Stderr = r.out, r.out
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var err error
	if r.keys, err = r.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.done <- r.cmd.Wait() }()
	t.Cleanup(func() {
		r.cmd.Process.Kill()
		_ = r.wait(t)
		if t.Failed() {
			t.Logf("it said:\n%s", r.out)
		}
	})
	return r
}

// patience bounds every wait.
const patience = 90 * time.Second

// wait waits until the tool has ended.
func (r *tried) wait(t *testing.T) error {
	t.Helper()
	r.once.Do(func() {
		select {
		case r.err = <-r.done:
		case <-time.After(patience):
			r.cmd.Process.Kill()
			r.err = fmt.Errorf("not ended after %v", patience)
		}
	})
	return r.err
}

// press sends a key as a line.
func (r *tried) press(t *testing.T, key string) {
	t.Helper()
	if _, err := io.WriteString(r.keys, key+"\n"); err != nil {
		t.Fatal(err)
	}
}

// find waits for words and gives the first group of the expression.
func (r *tried) find(t *testing.T, expr string) string {
	t.Helper()
	re := regexp.MustCompile(expr)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if m := re.FindStringSubmatch(r.out.String()); m != nil {
			return m[len(m)-1]
		}
	}
	t.Fatalf("not said: %s", expr)
	return ""
}

// left lists processes that still have the files of this house in their words.
func (r *tried) left() (all []string) {
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(r.dir)) && filepath.Base(filepath.Dir(path)) != fmt.Sprint(os.Getpid()) {
			all = append(all, strings.ReplaceAll(string(b), "\x00", " "))
		}
	}
	return all
}

// gone fails if any process is left a moment after the end.
func (r *tried) gone(t *testing.T) {
	t.Helper()
	end := time.Now().Add(15 * time.Second)
	for len(r.left()) > 0 && time.Now().Before(end) {
		time.Sleep(50 * time.Millisecond)
	}
	if left := r.left(); len(left) > 0 {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
}

// verified has what the collector held at the end checked by tools/verify, with the command that try
// prints, and gives the records of each device in the order of their numbers.
func (r *tried) verified(t *testing.T) map[string][]record.Record {
	t.Helper()
	words := strings.Fields(r.find(t, `go run \./tools/verify (.*records\.cbor)`))
	out, err := exec.Command(filepath.Join(filepath.Dir(r.tool), "verify"), append([]string{"-whole"}, words...)...).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Good: all of it is as the devices signed it") {
		t.Errorf("verify: %v\n%s", err, out)
	}
	keys := map[sign.ID]sign.Public{}
	for i, w := range words {
		if w == "-key" {
			k, err := sign.ParsePublic(words[i+1])
			if err != nil {
				t.Fatal(err)
			}
			keys[k.ID()] = k
		}
	}
	b, err := os.ReadFile(words[len(words)-1])
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]record.Record{}
	for len(b) > 0 {
		var raw cbor.RawMessage
		if b, err = cbor.UnmarshalFirst(b, &raw); err != nil {
			t.Fatal(err)
		}
		kind, id, err := sign.Signer(raw)
		if err != nil || kind != sign.Record {
			continue
		}
		rec, err := record.Open(keys[id], raw)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(all[rec.Device]); int(rec.Sequence) != n {
			t.Errorf("%s: record %d stands where %d belongs", rec.Device, rec.Sequence, n)
		}
		all[rec.Device] = append(all[rec.Device], rec)
	}
	return all
}
