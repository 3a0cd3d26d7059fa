package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// status reads what the kernel says of each thread of a process, and answers the weakest: the least
// mode of seccomp, the least NoNewPrivs, and all capabilities that any thread has. (proc(5))
func status(pid int) (string, error) {
	paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	if len(paths) == 0 {
		return "", fmt.Errorf("process %d has no threads", pid)
	}
	seccomp, locked, rights := 99, 99, uint64(0)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // a thread that has just ended
		}
		for line := range strings.Lines(string(b)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			value = strings.TrimSpace(value)
			switch name {
			case "Seccomp":
				n, err := strconv.Atoi(value)
				if err != nil {
					return "", err
				}
				seccomp = min(seccomp, n)
			case "NoNewPrivs":
				n, err := strconv.Atoi(value)
				if err != nil {
					return "", err
				}
				locked = min(locked, n)
			case "CapEff", "CapPrm", "CapInh", "CapAmb":
				n, err := strconv.ParseUint(value, 16, 64)
				if err != nil {
					return "", err
				}
				rights |= n
			}
		}
	}
	return fmt.Sprintf("status threads=%d seccomp=%d nonewprivs=%d rights=%#x", len(paths), seccomp, locked, rights), nil
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
