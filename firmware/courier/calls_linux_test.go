package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"tellijn/firmware/upload/collectortest"
	"tellijn/privacy/batch"
	"tellijn/privacy/sandbox"
)

// TestCalls holds the list of what a courier may call against what one calls that finds a damaged
// queue, starts another, and has batches carried: nothing that it needs is refused, and what it has
// beyond the warden's list, which is for files, it needs. The queue is mapped once.
func TestCalls(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("calls have other names on " + runtime.GOARCH)
	}
	col := collectortest.New()
	b := newBoard(t, "", "-kind", "file", "-receipts", key(col), "-pace", "1s")
	log, wrapped := filepath.Join(t.TempDir(), "log"), b.courier+".sh"
	script := fmt.Sprintf("#!/bin/sh\nexec %s -f -qq -s 200 -o %s %s \"$@\"\n", strace, log, b.courier)
	if err := os.WriteFile(wrapped, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(strace, "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("strace does not work here: %v: %s", err, out)
	}
	b.courier = wrapped
	if err := os.WriteFile(filepath.Join(b.dir, "queue.db"), make([]byte, 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	b.start()
	b.give(0, 40)
	names := func() []string {
		all, _ := filepath.Glob(filepath.Join(b.dir, "out", "*"+batch.BatchFile))
		return all
	}
	// On a busy computer what was given goes in more than one batch.
	carried := map[string]bool{}
	b.until("all is carried", func() bool {
		left := names()
		for _, name := range left {
			text, err := os.ReadFile(name)
			if err != nil || carried[name] { // it has just gone, or is about to
				continue
			}
			answer, err := col.Answer(text)
			if err != nil {
				t.Fatal(err)
			}
			path := strings.TrimSuffix(name, batch.BatchFile) + batch.AnswerFile
			if err := errors.Join(os.WriteFile(path+".part", answer, 0o644), os.Rename(path+".part", path)); err != nil {
				t.Fatal(err)
			}
			carried[name] = true
		}
		return len(carried) > 0 && len(left) == 0
	})
	b.end()

	all, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	seen, mapped := map[string]int{}, 0
	held := false
	for _, m := range regexp.MustCompile(`(?m)^\d+ +(?:<\.\.\. )?([a-z0-9_]+)(?:\(| resumed)(.*)$`).FindAllSubmatch(all, -1) {
		call, rest := string(m[1]), string(m[2])
		if !held {
			held = call == "seccomp" && strings.Contains(rest, "SECCOMP_SET_MODE_FILTER")
			continue
		}
		seen[call]++
		if call == "mmap" && strings.Contains(rest, "MAP_SHARED") {
			mapped++
		}
		// A file cannot be waited for; the kernel says so with the same word. What a signal's return gives is the answer of
		// the call behind which the signal came.
		if strings.Contains(rest, "= -1 EPERM") && call != "epoll_ctl" && call != "rt_sigreturn" || strings.Contains(rest, "= -1 EACCES") {
			t.Errorf("refused: %s(%.150s", call, rest)
		}
	}
	if mapped != 1 {
		t.Errorf("mapped %d times, want once", mapped)
	}
	var warden []string
	for _, c := range sandbox.Warden(7, -1, 1).Calls {
		warden = append(warden, c.Name)
	}
	beyond := 0
	for _, c := range sandbox.Courier(b.dir, 1).Calls {
		if slices.Contains(warden, c.Name) {
			continue
		}
		if beyond++; seen[c.Name] == 0 {
			t.Errorf("%s is allowed and nobody needs it", c.Name)
		}
	}
	if beyond < 8 || !held {
		t.Errorf("%d calls for files, held %v: the test did not test", beyond, held)
	}
	t.Logf("beyond the warden's %d; called: %v", beyond, slices.Sorted(maps.Keys(seen)))
}
