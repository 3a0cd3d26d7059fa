package ledger

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestOpensNothing runs that child.
func TestOpensNothing(t *testing.T) {
	path := place(t)
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), callsEnv+"="+path)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() < 256<<10 {
		t.Fatalf("the file did not grow: %v", err)
	}
}

// TestCalls lists what system calls name the descriptor of the ledger after Open; a filter may allow
// these and no more. Nothing is mapped again.
func TestCalls(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	path, log := place(t), filepath.Join(t.TempDir(), "log")
	c := exec.Command(strace, "-f", "-y", "-s", "32", "-o", log, os.Args[0])
	c.Env = append(os.Environ(), callsEnv+"="+path)
	if out, err := c.CombinedOutput(); err != nil {
		t.Skipf("strace does not work here: %v: %s", err, out)
	}
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	_, b, begun := bytes.Cut(b, []byte("TELLIJN BEGIN"))
	b, _, ended := bytes.Cut(b, []byte("TELLIJN END"))
	if !begun || !ended {
		t.Fatal("the marks are not in the log")
	}
	seen := map[string]int{}
	call := regexp.MustCompile(`(?m)^\d+ +([a-z0-9_]+)\((.*)$`)
	for _, m := range call.FindAllSubmatch(b, -1) {
		name := strings.TrimSuffix(string(m[1]), "64") // of the same name on 32 and 64 bits
		if bytes.Contains(m[2], []byte("ledger.db")) {
			seen[name]++
		} else if slices.Contains([]string{"open", "openat", "openat2", "creat", "dup", "dup3", "socket"}, name) {
			t.Errorf("opens something: %s", m[0])
		}
	}
	for _, name := range []string{"pwrite", "fdatasync", "ftruncate", "fsync"} {
		if seen[name] == 0 {
			t.Errorf("no %s: the test did not test", name)
		}
		delete(seen, name)
	}
	delete(seen, "fstat")
	if len(seen) > 0 {
		t.Errorf("more than is listed: %v", seen)
	}
}
