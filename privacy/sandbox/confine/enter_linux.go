//go:build linux && (amd64 || arm64)

// Package confine makes the kernel hold a program to its manifest: a room, Landlock, dropped rights, limits
// and a filter of system calls, in this order, for all threads and for good. It never gives a right back
// and decides nothing; privacy/sandbox says what is allowed. Each program calls it when it has opened
// what it needs.
package confine

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/privacy/layers"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine/room"
	"tellijn/privacy/sandbox/filter"
)

// closedMemory is the request of prctl(2) by which others of the same user cannot look into the memory
// of a program, and a crash leaves no core file. (include/uapi/linux/prctl.h, number 4; its name has
// a word in it that this part of the source does without)
const closedMemory = 4

// Enter confines this program to the manifest, all its threads, for good, and answers which layers
// hold: of those that it applies now, not Spaces, Locked and Secret. What a kernel does not have is
// left out of the answer and is no error; the caller decides whether that is enough. After an error
// the program is in between and should end. It must be built without cgo.
func Enter(m sandbox.Manifest) (held layers.Layers, err error) {
	program, err := compile(m)
	if err != nil {
		return 0, err
	}
	if !m.Narrows {
		if held, err = enclose(m); err != nil {
			return 0, err
		}
	}
	if err := limit(m.Budget); err != nil {
		return 0, err
	}
	p := unix.SockFprog{Len: uint16(len(program)), Filter: (*unix.SockFilter)(unsafe.Pointer(&program[0]))}
	const setFilter, allThreads = 1, 1 // SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
	if r, _, e := unix.Syscall(unix.SYS_SECCOMP, setFilter, allThreads, uintptr(unsafe.Pointer(&p))); e != 0 || r != 0 {
		return 0, fmt.Errorf("confine: system-call filter: %w (thread %d)", e, r)
	}
	return held | layers.Limits | layers.Filter, nil
}

// enclose makes everything but limits and the filter. The room comes first, since it takes rights; then
// Landlock, which needs a descriptor, before the limits.
func enclose(m sandbox.Manifest) (held layers.Layers, err error) {
	parent := unix.Getppid()
	if m.Room {
		devices := make([]string, len(m.Paths))
		for i, p := range m.Paths {
			devices[i] = p.Path
		}
		made, err := room.Enter(devices)
		if err != nil {
			return 0, fmt.Errorf("confine: %w", err)
		}
		if made {
			held |= layers.Room
		}
	}
	if err := all("no new privileges", unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1); err != nil {
		return 0, err
	}
	if err := unix.Prctl(closedMemory, 0, 0, 0, 0); err != nil {
		return 0, fmt.Errorf("confine: closed memory: %w", err)
	}
	held |= layers.Closed
	user, group, err := becomes(m.Owner)
	if err != nil {
		return 0, err
	}
	switch err := restrict(m.Paths, m.Ports); {
	case err == nil:
		held |= layers.Paths
	case !errors.Is(err, unix.ENOSYS) && !errors.Is(err, unix.EOPNOTSUPP):
		return 0, err
	}
	if !m.Rights {
		if err := drop(user, group, m.Keeps, m.Becomes); err != nil {
			return 0, err
		}
		if err := unix.Prctl(closedMemory, 0, 0, 0, 0); err != nil { // another user begins anew
			return 0, fmt.Errorf("confine: closed memory: %w", err)
		}
		held |= layers.Rights // those that are kept aside
	}
	if m.Dies {
		if err := tie(parent); err != nil {
			return 0, err
		}
	}
	return held, nil
}

// compile makes the kernel's program of the list of calls.
func compile(m sandbox.Manifest) ([]filter.Instruction, error) {
	machine := filter.AMD64
	if runtime.GOARCH == "arm64" {
		machine = filter.ARM64
	}
	rules := make([]filter.Rule, len(m.Calls))
	for i, c := range m.Calls {
		n, ok := number(c.Name)
		if !ok {
			return nil, fmt.Errorf("confine: system call %q has no number here", c.Name)
		}
		rules[i] = filter.Rule{Number: n, Where: c.Where}
	}
	return filter.Program(machine, rules)
}

// all makes a system call on every thread; new threads inherit.
func all(what string, trap uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	if _, _, e := syscall.AllThreadsSyscall6(trap, a[0], a[1], a[2], a[3], a[4], a[5]); e != 0 {
		return fmt.Errorf("confine: %s: %w", what, e)
	}
	return nil
}

// errOrphan ends a program whose parent is gone.
var errOrphan = errors.New("confine: the program that started this one is gone")

// tie has the kernel kill this program when the thread ends that started it. Whoever starts it may
// have asked for that, but the kernel forgets it when a program becomes another user (prctl(2),
// PR_SET_PDEATHSIG). Each thread has its own setting, any of them is enough, and only the first
// thread of a Go program is sure to stay, so all have it. parent is the one from before: if it went
// in between, nobody would send the signal. In a namespace of processes that cannot be seen, for
// there every parent is 0; such an eye ends when nobody takes its tallies.
func tie(parent int) error {
	if err := all("end with the parent", unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL)); err != nil {
		return err
	}
	if unix.Getppid() != parent {
		return errOrphan
	}
	return nil
}

// limit applies the budget. The limit on core files is set by the first stage; a later one only looks,
// and so need not be let to change it.
func limit(b sandbox.Budget) error {
	var core unix.Rlimit
	if err := unix.Prlimit(0, unix.RLIMIT_CORE, nil, &core); err != nil {
		return fmt.Errorf("confine: limit on core files: %w", err)
	}
	for _, l := range []struct {
		name     string
		resource int
		n        uint64
	}{
		{"no core files", unix.RLIMIT_CORE, 0},
		{"size of files", unix.RLIMIT_FSIZE, b.FileBytes},
		{"private memory", unix.RLIMIT_DATA, b.DataBytes},
		{"descriptors", unix.RLIMIT_NOFILE, b.Descriptors},
	} {
		switch {
		case l.n == sandbox.Unbounded:
			continue
		case l.resource == unix.RLIMIT_NOFILE && l.n == 0:
			continue
		case l.resource == unix.RLIMIT_CORE && core == unix.Rlimit{}:
			continue
		}
		if err := unix.Prlimit(0, l.resource, &unix.Rlimit{Cur: l.n, Max: l.n}, nil); err != nil {
			return fmt.Errorf("confine: limit on %s: %w", l.name, err)
		}
	}
	return nil
}
