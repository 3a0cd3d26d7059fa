package spaces

import (
	"fmt"
	"os"
	"syscall"
)

// flags are the bits of clone(2).
func (s Set) flags() (f uintptr) {
	for i, bit := range []uintptr{syscall.CLONE_NEWNET, syscall.CLONE_NEWNS, syscall.CLONE_NEWPID,
		syscall.CLONE_NEWIPC, syscall.CLONE_NEWUTS, syscall.CLONE_NEWUSER} {
		if s&(1<<i) != 0 {
			f |= bit
		}
	}
	return f
}

// attempts are the sets to try, in this order: root needs no namespace of users, but a root whose
// rights were taken away, as in a container, may get on with one.
func attempts(want Set) []Set {
	if want == 0 {
		return nil
	}
	if os.Geteuid() == 0 {
		return []Set{want, want | Users}
	}
	return []Set{want | Users}
}

// Start starts the program at path, as syscall.ForkExec does. The error wraps ErrRefused if it needs
// namespaces and gets none.
func Start(path string, argv []string, attr syscall.ProcAttr, t Terms) (Started, error) {
	var why syscall.Errno
	for _, set := range attempts(t.Want) {
		attr.Sys = with(set, t.Dies)
		pid, err := syscall.ForkExec(path, argv, &attr)
		if err == nil {
			return Started{Pid: pid, Got: set}, nil
		}
		errno, ok := err.(syscall.Errno)
		if !ok || !refusal(errno) {
			return Started{}, fmt.Errorf("spaces: starting %s: %w", path, err)
		}
		if why == 0 {
			why = errno
		}
	}
	if t.Need && t.Want != 0 {
		return Started{}, fmt.Errorf("%w: %w", ErrRefused, why)
	}
	attr.Sys = with(0, t.Dies)
	pid, err := syscall.ForkExec(path, argv, &attr)
	if err != nil {
		return Started{}, fmt.Errorf("spaces: starting %s: %w", path, err)
	}
	return Started{Pid: pid, Why: why}, nil
}

// with makes the attributes of a child. An ordinary user is, in a namespace of users, nobody but
// itself: files keep their owner, and nothing is gained.
func with(set Set, dies bool) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Cloneflags: set.flags()}
	if dies {
		a.Pdeathsig = syscall.SIGKILL
	}
	if set&Users != 0 {
		uid, gid := os.Geteuid(), os.Getegid()
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
	}
	return a
}

// refusal tells the errors by which a kernel says that it gives no namespaces: clone(2),
// user_namespaces(7). EPERM: not this user. EINVAL: not built in. ENOSPC, EUSERS: a limit.
func refusal(e syscall.Errno) bool {
	switch e {
	case syscall.EPERM, syscall.EACCES, syscall.EINVAL, syscall.ENOSPC, syscall.EUSERS, syscall.ENOSYS:
		return true
	}
	return false
}
