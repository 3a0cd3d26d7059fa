package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// status reads what the kernel says of each thread of a process, and answers the weakest: the least
// mode of seccomp and the least number of its filters beyond those of this program, the least
// NoNewPrivs, and all capabilities that any thread has. What is not there or cannot be read is an
// error, and never taken for good; a thread that has just ended is not counted. (proc_pid_status(5))
func status(pid int) (string, error) {
	own, err := lines("/proc/self/status")
	if err != nil {
		return "", err
	}
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return "", err
	}
	threads, seccomp, filters, locked, rights := 0, uint64(99), uint64(99), uint64(99), uint64(0)
	for _, t := range tasks {
		its, err := lines(fmt.Sprintf("/proc/%d/task/%s/status", pid, t.Name()))
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return "", err
		}
		threads++
		for name, note := range map[string]func(uint64){
			"Seccomp":         func(n uint64) { seccomp = min(seccomp, n) },
			"Seccomp_filters": func(n uint64) { filters = min(filters, n) },
			"NoNewPrivs":      func(n uint64) { locked = min(locked, n) },
			"CapEff":          func(n uint64) { rights |= n },
			"CapPrm":          func(n uint64) { rights |= n },
			"CapInh":          func(n uint64) { rights |= n },
			"CapAmb":          func(n uint64) { rights |= n },
		} {
			base := 10
			if strings.HasPrefix(name, "Cap") {
				base = 16
			}
			n, err := strconv.ParseUint(its[name], base, 64)
			if err != nil {
				return "", fmt.Errorf("%s of thread %s: %w", name, t.Name(), err)
			}
			note(n)
		}
	}
	base, err := strconv.ParseUint(own["Seccomp_filters"], 10, 64)
	if err != nil || threads == 0 || filters < base {
		return "", fmt.Errorf("%d threads of process %d with %d filters, this program with %q: %v", threads, pid, filters, own["Seccomp_filters"], err)
	}
	return fmt.Sprintf("status threads=%d seccomp=%d filters=%d nonewprivs=%d rights=%#x", threads, seccomp, filters-base, locked, rights), nil
}

// lines reads a file of lines with a name, a colon and a value.
func lines(path string) (map[string]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		out[name] = strings.TrimSpace(value)
	}
	return out, nil
}

// released waits until no process has the camera open.
func released(camera string) error {
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		pid := opener(camera)
		if pid == "" {
			return nil
		}
		if time.Since(start) > 20*time.Second {
			return fmt.Errorf("process %s still has %s open", pid, camera)
		}
	}
}

// opener gives a process that has the camera open or mapped, or "".
func opener(camera string) string {
	fds, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, fd := range fds {
		if to, _ := os.Readlink(fd); to == camera {
			return strings.Split(fd, "/")[2]
		}
	}
	all, _ := filepath.Glob("/proc/[0-9]*/maps")
	for _, path := range all {
		if b, _ := os.ReadFile(path); strings.Contains(string(b), camera) {
			return strings.Split(path, "/")[2]
		}
	}
	return ""
}
