//go:build hostile && linux

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kept is how the dialer makes its sockets.
const kept = unix.SOCK_CLOEXEC | unix.SOCK_NONBLOCK

// calls are all attacks.
func calls() map[string]func(*attack) error {
	return map[string]func(*attack) error{
		"socket":       func(*attack) error { return first(unix.Socket(unix.AF_INET, unix.SOCK_STREAM|kept, 0)) },
		"datagram":     func(*attack) error { return first(unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|kept, 0)) },
		"socket-unix":  func(*attack) error { return first(unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|kept, 0)) },
		"socket-link":  func(*attack) error { return first(unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|kept, 0)) },
		"raw":          func(*attack) error { return first(unix.Socket(unix.AF_INET, unix.SOCK_RAW|kept, unix.IPPROTO_UDP)) },
		"packet":       func(*attack) error { return first(unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|kept, 0x0300)) },
		"socketpair":   func(*attack) error { _, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0); return err },
		"connect":      func(*attack) error { return unix.Connect(fdDatagrams, loop(9)) },
		"bind":         func(*attack) error { return unix.Bind(fdDatagrams, loop(0)) },
		"listen":       func(*attack) error { return unix.Listen(fdListener, 1) },
		"accept":       func(*attack) error { _, _, err := unix.Accept4(fdListener, kept); return err },
		"send-to":      func(*attack) error { return unix.Sendto(fdDatagrams, []byte("x"), 0, loop(9)) },
		"send-message": func(*attack) error { return unix.Sendmsg(fdDatagrams, []byte("x"), nil, loop(9), 0) },
		"send-rights":  func(a *attack) error { return unix.Sendmsg(a.line, []byte("x"), unix.UnixRights(0), nil, 0) },
		"receive":      func(*attack) error { return receives(fdConnection) },
		"receive-rights": func(a *attack) error {
			return receives(a.line)
		},
		"address":      func(*attack) error { _, err := unix.Getpeername(fdConnection); return err },
		"option":       func(*attack) error { return unix.SetsockoptInt(fdConnection, unix.IPPROTO_IP, unix.IP_TTL, 7) },
		"other-option": func(*attack) error { return unix.SetsockoptInt(fdConnection, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) },
		"other-port":   func(a *attack) error { return a.connects(1, a.port+1) },
		"other-host":   func(a *attack) error { return a.connects(77, a.port) },
		"asks": func(a *attack) error {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|kept, 0)
			if err != nil {
				return err
			}
			if err := unix.Connect(fd, loop(a.port)); err != nil {
				return err
			}
			return first(unix.Write(fd, []byte("x")))
		},
		"allowed": func(a *attack) error {
			if a.line == 3 {
				if err := a.connects(1, a.port); err != nil {
					return err
				}
				return unix.Sendmsg(a.line, []byte("12345678"), unix.UnixRights(fdConnection), nil, 0)
			}
			if err := opens(a.dir+"/own", unix.O_RDONLY); err != nil {
				return err
			}
			if _, err := unix.Write(a.line, []byte("12345678")); err != nil {
				return err
			}
			if err := receives(a.line); err != nil {
				return err
			}
			return first(unix.Write(fdConnection, []byte("x")))
		},

		"passwd": func(*attack) error { return opens("/etc/passwd", unix.O_RDONLY) },
		"ledger": func(a *attack) error { return opens(a.file, unix.O_RDONLY) },
		"queue":  func(a *attack) error { return opens(a.dir+"/own", unix.O_RDONLY) },
		"device": func(*attack) error { return opens("/dev/zero", unix.O_RDONLY) },
		"create": func(a *attack) error { return opens(a.dir+"/new", unix.O_CREAT|unix.O_RDWR) },

		"exec": func(*attack) error { return unix.Exec("/bin/true", []string{"true"}, nil) },
		"fork": func(*attack) error { return raw(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0) },
		"clone3": func(*attack) error {
			var c [8]uint64
			c[4] = uint64(unix.SIGCHLD)
			return raw(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&c)), 64, 0)
		},
		"ptrace": func(a *attack) error { return raw(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(a.other), 0) },
		"peek":   func(a *attack) error { return a.peek() },
		"kill":   func(a *attack) error { return unix.Kill(a.other, unix.SIGWINCH) },
		"pidfd":  func(a *attack) error { return first(unix.PidfdOpen(a.other, 0)) },
		"memfd":  func(*attack) error { return first(unix.MemfdCreate("x", 0)) },
		"mmap-code": func(*attack) error {
			_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
			return err
		},
		"mprotect": func(*attack) error {
			b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
			if err != nil {
				return fmt.Errorf("taken: no memory")
			}
			return unix.Mprotect(b, unix.PROT_READ|unix.PROT_EXEC)
		},
		"io-uring": func(*attack) error { var p [120]byte; return raw(unix.SYS_IO_URING_SETUP, 8, ptr(p[:]), 0) },
		"bpf":      func(*attack) error { return raw(unix.SYS_BPF, 0, 0, 0) },
		"keyring": func(*attack) error {
			kind, name, text := []byte("user\x00"), []byte("taken\x00"), []byte("x")
			_, _, e := syscall.RawSyscall6(unix.SYS_ADD_KEY, ptr(kind), ptr(name), ptr(text), 1, ^uintptr(1), 0) // KEY_SPEC_PROCESS_KEYRING
			return no(e)
		},
		"mount":     func(*attack) error { return unix.Mount("none", "/mnt", "tmpfs", 0, "") },
		"unshare":   func(*attack) error { return unix.Unshare(unix.CLONE_NEWUTS) },
		"setns":     func(*attack) error { return raw(unix.SYS_SETNS, 3, 0, 0) },
		"dup":       func(*attack) error { return first(unix.Dup(fdConnection)) },
		"ioctl":     func(*attack) error { return first(unix.IoctlGetInt(fdConnection, unix.TIOCINQ)) },
		"core":      func(*attack) error { return unix.Prctl(4, 1, 0, 0, 0) },
		"limits":    func(*attack) error { return unix.Prlimit(0, unix.RLIMIT_CORE, &unix.Rlimit{}, nil) },
		"name":      func(*attack) error { return unix.Sethostname([]byte("taken")) },
		"userfault": func(*attack) error { return raw(unix.SYS_USERFAULTFD, 0, 0, 0) },
	}
}

// loop is an address of this machine.
func loop(port int) *unix.SockaddrInet4 {
	return &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
}

// receives takes what waits, with descriptors.
func receives(fd int) error {
	_, _, _, _, err := unix.Recvmsg(fd, make([]byte, 64), make([]byte, 64), unix.MSG_DONTWAIT)
	return err
}

func ptr(b []byte) uintptr { return uintptr(unsafe.Pointer(&b[0])) }

// no is nil for no error, which as a syscall.Errno in an error it would not be.
func no(e syscall.Errno) error {
	if e != 0 {
		return e
	}
	return nil
}

func raw(trap, a, b, c uintptr) error {
	r, _, e := syscall.RawSyscall6(trap, a, b, c, 0, 0, 0)
	if e == 0 && (trap == unix.SYS_CLONE || trap == unix.SYS_CLONE3) && r == 0 { // the child
		syscall.RawSyscall(unix.SYS_EXIT, 0, 0, 0)
	}
	return no(e)
}

// look finds 8 bytes in the memory of the other program: the last of its stack, which are nothing.
// (Linux, fs/binfmt_elf.c: the end marker)
func (a *attack) look() {
	maps, _ := os.ReadFile(fmt.Sprintf("/proc/%d/maps", a.other))
	for line := range strings.Lines(string(maps)) {
		if span, _, _ := strings.Cut(line, " "); strings.HasSuffix(line, "[stack]\n") {
			_, high, _ := strings.Cut(span, "-")
			place, _ := strconv.ParseUint(high, 16, 64)
			a.place = uintptr(place) - 8
		}
	}
}

// peek reads them.
func (a *attack) peek() error {
	var b [8]byte
	own := unix.Iovec{Base: &b[0]}
	own.SetLen(len(b))
	its := unix.RemoteIovec{Base: a.place, Len: len(b)}
	_, _, e := syscall.RawSyscall6(unix.SYS_PROCESS_VM_READV, uintptr(a.other), uintptr(unsafe.Pointer(&own)), 1, uintptr(unsafe.Pointer(&its)), 1, 0)
	return no(e)
}
