//go:build hostile && linux

package main

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"tellijn/hal/camera/v4l2/abi"
	"tellijn/privacy/sandbox/eyes"
)

// calls are the attacks by a system call that no eye makes.
func calls() map[string]func(*attack) error {
	return map[string]func(*attack) error{
		"open":        func(*attack) error { return opens("/etc/hostname", unix.O_RDONLY) },
		"create":      func(*attack) error { return opens("/tmp/.tellijn-hostile", unix.O_CREAT|unix.O_RDWR|unix.O_TRUNC) },
		"proc":        func(a *attack) error { return opens("/proc/"+itoa(a.parent)+"/maps", unix.O_RDONLY) },
		"kmsg":        func(*attack) error { return opens("/dev/kmsg", unix.O_WRONLY) },
		"socket":      func(*attack) error { return first(unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)) },
		"socket-unix": func(*attack) error { return first(unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)) },
		"socket-link": func(*attack) error { return first(unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW, 0)) },
		"socketpair":  func(*attack) error { _, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0); return err },
		"connect":     func(*attack) error { return raw(unix.SYS_CONNECT, 3, 0, 0) },
		"exec":        func(*attack) error { return unix.Exec("/bin/true", []string{"true"}, nil) },
		"fork":        func(*attack) error { return raw(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0) },
		"clone3": func(*attack) error {
			var c [8]uint64
			c[4] = uint64(unix.SIGCHLD)
			return raw(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&c)), 64, 0)
		},
		"memfd":        func(a *attack) error { return first(unix.MemfdCreate("x", 0)) },
		"memfd-secret": func(*attack) error { return first(unix.MemfdSecret(0)) },
		"mmap-shared": func(*attack) error {
			return mapping(unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
		},
		"mmap-code": func(*attack) error {
			return mapping(unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
		},
		"mprotect":      func(a *attack) error { return mprotect(a) },
		"shm":           func(*attack) error { return raw(unix.SYS_SHMGET, 0, 4096, unix.IPC_CREAT|0o600) },
		"message-queue": func(*attack) error { return raw(unix.SYS_MSGGET, 0, unix.IPC_CREAT|0o600, 0) },
		"ptrace":        func(a *attack) error { return raw(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(a.parent), 0) },
		"peek":          func(a *attack) error { return a.vm(unix.SYS_PROCESS_VM_READV) },
		"poke":          func(a *attack) error { return a.vm(unix.SYS_PROCESS_VM_WRITEV) },
		"io-uring":      func(*attack) error { var p [120]byte; return raw(unix.SYS_IO_URING_SETUP, 8, ptr(p[:]), 0) },
		"kill":          func(a *attack) error { return unix.Kill(a.parent, unix.SIGWINCH) },
		"tgkill":        func(a *attack) error { return unix.Tgkill(a.parent, a.parent, unix.SIGWINCH) },
		"pidfd":         func(a *attack) error { return first(unix.PidfdOpen(a.parent, 0)) },
		"dup":           func(*attack) error { return first(unix.Dup(3)) },
		"send-rights":   func(*attack) error { return unix.Sendmsg(3, []byte{1}, unix.UnixRights(0), nil, 0) },
		"core":          func(*attack) error { return unix.Prctl(4, 1, 0, 0, 0) },
		"core-advice":   func(a *attack) error { return raw(unix.SYS_MADVISE, ptr(page()), 4096, 17) },
		"limits":        func(*attack) error { return unix.Prlimit(0, unix.RLIMIT_CORE, &unix.Rlimit{Cur: 0, Max: 0}, nil) },
		"unshare":       func(*attack) error { return unix.Unshare(unix.CLONE_NEWUTS) },
		"setns":         func(*attack) error { return raw(unix.SYS_SETNS, 3, 0, 0) },
		"mount":         func(*attack) error { return unix.Mount("none", "/mnt", "tmpfs", 0, "") },
		"bpf":           func(*attack) error { return raw(unix.SYS_BPF, 0, 0, 0) },
		"keyring":       func(a *attack) error { return keyring(a) },
		"userfault":     func(*attack) error { return raw(unix.SYS_USERFAULTFD, 0, 0, 0) },
		"perf":          func(*attack) error { return perf() },
		"name":          func(*attack) error { return unix.Sethostname([]byte("pixels")) },
		"file-time":     func(*attack) error { return unix.Utimes(os.Args[0], []unix.Timeval{{Sec: 1}, {Sec: 1}}) },
		"processor":     func(*attack) error { var s unix.CPUSet; s.Set(0); return unix.SchedSetaffinity(0, &s) },
		"priority":      func(*attack) error { return unix.Setpriority(unix.PRIO_PROCESS, 0, 1) },

		"camera-export": func(a *attack) error { var e [64]byte; e[0] = 1; return a.camera(0xc0405610, e[:]) },
		"camera-format": func(a *attack) error { var e [208]byte; e[0] = 1; return a.camera(0xc0d05605, e[:]) },
		"camera-ask":    func(a *attack) error { var e [208]byte; e[0] = 1; return a.camera(0xc0d05604, e[:]) },
		"camera-read": func(a *attack) error {
			n, err := unix.Read(max(a.Descriptor(), 0), a.frame)
			if err == nil && n == 0 {
				return unix.ENODATA
			}
			return err
		},
		"camera-elsewhere": func(a *attack) error { var b [88]byte; return raw(unix.SYS_IOCTL, eyes.FdTally, abi.Queue, ptr(b[:])) },
		// No attack, but what each eye does: the filter must let it pass.
		"camera-allowed": func(a *attack) error { var b [88]byte; return a.camera(abi.Queue, b[:]) },
		"terminal":       func(*attack) error { return raw(unix.SYS_IOCTL, 0, unix.TIOCSTI, ptr([]byte{10})) },
	}
}

func first(_ int, err error) error { return err }

func opens(path string, how int) error {
	fd, err := unix.Open(path, how, 0o600)
	if err == nil && how&unix.O_CREAT != 0 {
		os.Remove(path)
	}
	_ = fd
	return err
}

func raw(trap, a, b, c uintptr) error {
	r, _, e := syscall.RawSyscall6(trap, a, b, c, 0, 0, 0)
	if e != 0 {
		return e
	}
	if (trap == unix.SYS_CLONE || trap == unix.SYS_CLONE3) && r == 0 { // the child
		syscall.RawSyscall(unix.SYS_EXIT, 0, 0, 0)
	}
	return nil
}

func ptr(b []byte) uintptr { return uintptr(unsafe.Pointer(&b[0])) }

func mapping(prot, flags int) error {
	_, err := unix.Mmap(-1, 0, 4096, prot, flags)
	return err
}

// page is memory of whole pages, which may be asked for.
func page() []byte {
	b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		syscall.Exit(1)
	}
	return b
}

// vm reads 8 bytes of the other program's memory, or writes back what was there.
func (a *attack) vm(trap uintptr) error {
	own := unix.Iovec{Base: &a.was[0]}
	own.SetLen(len(a.was))
	its := unix.RemoteIovec{Base: uintptr(a.place), Len: len(a.was)}
	_, _, e := syscall.RawSyscall6(trap, uintptr(a.parent), uintptr(unsafe.Pointer(&own)), 1, uintptr(unsafe.Pointer(&its)), 1, 0)
	if e != 0 {
		return e
	}
	return nil
}

// perf counts something of this thread.
func perf() error {
	var a [128]byte
	a[0], a[4] = 1, byte(len(a)) // PERF_TYPE_SOFTWARE, the size (perf_event_open(2))
	_, _, e := syscall.RawSyscall6(unix.SYS_PERF_EVENT_OPEN, ptr(a[:]), 0, ^uintptr(0), ^uintptr(0), 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

func mprotect(*attack) error { return unix.Mprotect(page(), unix.PROT_READ|unix.PROT_EXEC) }

// keyring puts pixels where they outlive the program: into a keyring of the kernel.
func keyring(a *attack) error {
	kind, name := []byte("user\x00"), []byte("hostile\x00")
	_, _, e := syscall.RawSyscall6(unix.SYS_ADD_KEY, ptr(kind), ptr(name), ptr(a.frame), 64, ^uintptr(1), 0) // KEY_SPEC_PROCESS_KEYRING
	if e != 0 {
		return e
	}
	return nil
}

// camera makes a request of the camera, or of descriptor 0 where it is drawn.
func (a *attack) camera(request uintptr, arg []byte) error {
	return raw(unix.SYS_IOCTL, uintptr(max(a.Descriptor(), 0)), request, ptr(arg))
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}
