//go:build hostile && linux

package main

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"tellijn/privacy/sandbox/eyes"
	"tellijn/tools/proof/attacks/codes"
)

// errOther says that the call was made and did not do what it was for.
var errOther = errors.New("hostile: something else came of it")

// early are the attacks while the camera is opened, when the walls are wider: as those of later, and
// what only those wider walls might let through.
func early() map[string]func(*attack) error {
	all := map[string]func(*attack) error{
		"core-pattern": func(*attack) error { return opens("/proc/sys/kernel/core_pattern", unix.O_WRONLY) },
		"third": func(*attack) error { // a file in place of the pipe of tallies
			if err := unix.Close(eyes.FdTally); err != nil {
				return err
			}
			fd, err := unix.Open("/etc/hostname", unix.O_RDONLY, 0)
			if err == nil && fd != eyes.FdTally {
				err = errOther
			}
			return err
		},
		// An alarm that does not wait would ring for nobody.
		"alarm": func(*attack) error { return first(unix.FcntlInt(eyes.FdAlarm, unix.F_SETFL, unix.O_NONBLOCK)) },
		"core-limit": func(*attack) error {
			return unix.Prlimit(0, unix.RLIMIT_CORE, &unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}, nil)
		},
		"chroot": func(*attack) error { return unix.Chroot("/") },
		"write":  func(*attack) error { return first(unix.Write(eyes.FdOrders, []byte{1})) },
		"export": func(*attack) error { var e [64]byte; e[0] = 1; return raw(unix.SYS_IOCTL, 1, 0xc0405610, ptr(e[:])) },
		// No attack, but what an eye does then: the walls must let it pass.
		"allowed": func(*attack) error { return opens(codes.StandIn, unix.O_RDWR) },
	}
	later := calls()
	for _, name := range []string{"open", "proc", "create", "kmsg", "socket", "socket-unix", "exec", "fork", "clone3", "memfd", "ptrace", "peek", "mmap-code",
		"mprotect", "kill", "pidfd", "io-uring", "bpf", "mount", "unshare", "keyring", "userfault", "dup", "core", "core-advice", "shm"} {
		all[name] = later[name]
	}
	return all
}

// settling are the attacks while the camera settles: it is open, frames come, and nothing is counted yet.
func settling() map[string]func(*attack) error {
	all, later, ends := early(), calls(), pipes()
	for _, name := range []string{"camera-export", "camera-format", "camera-ask", "camera-read", "camera-elsewhere"} {
		all[name] = later[name]
	}
	for _, name := range []string{"longer", "shorter", "pixels", "words", "vmsplice", "read-back", "second-alarm", "other-clock"} {
		all[name] = ends[name]
	}
	all["allowed"] = later["camera-allowed"]
	return all
}

// look finds 8 bytes in the memory of who started this: the last of its stack, which are nothing.
// (Linux, fs/binfmt_elf.c: the end marker) Confined eyes cannot look.
func (a *attack) look() {
	maps, _ := os.ReadFile("/proc/" + itoa(a.parent) + "/maps")
	for line := range strings.Lines(string(maps)) {
		if span, _, _ := strings.Cut(line, " "); strings.HasSuffix(line, "[stack]\n") {
			_, high, _ := strings.Cut(span, "-")
			a.place, _ = strconv.ParseUint(high, 16, 64)
			a.place -= uint64(len(a.was))
		}
	}
	_ = a.vm(unix.SYS_PROCESS_VM_READV)
}

// end ends the eye with a code that says how its attack went.
func end(err error) {
	var e syscall.Errno
	switch {
	case err == nil:
		syscall.Exit(codes.Worked)
	case errors.As(err, &e) && e > 0 && e < 255-codes.Errno:
		syscall.Exit(codes.Errno + int(e))
	}
	syscall.Exit(codes.Failed)
}
