//go:build linux && (amd64 || arm64)

package room

import (
	"bytes"
	"errors"
	"strconv"

	"golang.org/x/sys/unix"
)

// own tells whether the mounts that this program sees are its own, made for it when it was started. It
// must be the first process of its namespace, as the warden starts it, and its mounts must be other
// ones than those of who started it: whatever cannot be read counts against it.
func own(pid int) bool {
	if pid != 1 {
		return false
	}
	mine, err := link("/proc/self/ns/mnt")
	if err != nil {
		return false
	}
	// /proc is that of who started this program, and shows both by the numbers that hold there.
	stat, err := read("/proc/self/stat")
	if err != nil {
		return false
	}
	parent := parentIn(stat)
	if parent <= 0 {
		return false
	}
	theirs, err := link("/proc/" + strconv.Itoa(parent) + "/ns/mnt")
	switch {
	case err == nil:
		return mine != theirs
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		// From a namespace of users nobody looks out. There the kernel itself refuses to touch
		// mounts that were not made inside it. (mount_namespaces(7), "Restrictions")
		users, err := read("/proc/self/uid_map")
		return err == nil && !whole(users)
	}
	return false
}

// parentIn finds the process id of the parent in /proc/PID/stat, 0 if there is none. The name before it
// may hold anything, brackets included. (proc_pid_stat(5))
func parentIn(stat []byte) int {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	n, err := strconv.Atoi(string(fields[1]))
	if err != nil {
		return 0
	}
	return n
}

// whole tells whether a map of users is the machine's own, in which each is himself.
func whole(users []byte) bool {
	f := bytes.Fields(users)
	return len(f) != 3 || string(f[0]) == "0" && string(f[1]) == "0" && string(f[2]) == "4294967295"
}

// link reads a symbolic link.
func link(name string) (string, error) {
	var b [64]byte
	n, err := unix.Readlink(name, b[:])
	if err != nil {
		return "", err
	}
	return string(b[:n]), nil
}

// read reads the head of a file: as much as one line of what is read here can have.
func read(name string) ([]byte, error) {
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var b [1024]byte
	n, err := unix.Read(fd, b[:])
	if err != nil {
		return nil, err
	}
	return b[:n], nil
}
