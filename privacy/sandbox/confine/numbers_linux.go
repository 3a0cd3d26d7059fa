//go:build linux && (amd64 || arm64)

package confine

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// number is the number of a system call on this machine. Only calls that some manifest names are
// here. (syscalls(2))
func number(name string) (uint32, bool) {
	// One call that has two names in x/sys/unix. (arch/x86/entry/syscalls/syscall_64.tbl,
	// include/uapi/asm-generic/unistd.h)
	newfstatat := uint32(262)
	if runtime.GOARCH == "arm64" {
		newfstatat = 79
	}
	archPrctl := uint32(158) // which arm64 does not have, and no manifest names there
	for _, c := range [...]struct {
		name string
		n    uint32
	}{
		{"adjtimex", unix.SYS_ADJTIMEX}, {"arch_prctl", archPrctl}, {"bind", unix.SYS_BIND}, {"capget", unix.SYS_CAPGET}, {"chdir", unix.SYS_CHDIR},
		{"clock_settime", unix.SYS_CLOCK_SETTIME}, {"dup3", unix.SYS_DUP3}, {"execve", unix.SYS_EXECVE}, {"kill", unix.SYS_KILL},
		{"landlock_add_rule", unix.SYS_LANDLOCK_ADD_RULE}, {"recvfrom", unix.SYS_RECVFROM}, {"sendto", unix.SYS_SENDTO}, {"setgid", unix.SYS_SETGID},
		{"setuid", unix.SYS_SETUID}, {"shutdown", unix.SYS_SHUTDOWN}, {"socketpair", unix.SYS_SOCKETPAIR}, {"wait4", unix.SYS_WAIT4},
		{"brk", unix.SYS_BRK}, {"clock_getres", unix.SYS_CLOCK_GETRES}, {"clock_nanosleep", unix.SYS_CLOCK_NANOSLEEP}, {"faccessat", unix.SYS_FACCESSAT},
		{"faccessat2", unix.SYS_FACCESSAT2}, {"getegid", unix.SYS_GETEGID}, {"geteuid", unix.SYS_GETEUID}, {"getgid", unix.SYS_GETGID},
		{"mprotect", unix.SYS_MPROTECT}, {"pselect6", unix.SYS_PSELECT6}, {"readv", unix.SYS_READV}, {"rseq", unix.SYS_RSEQ},
		{"set_robust_list", unix.SYS_SET_ROBUST_LIST}, {"set_tid_address", unix.SYS_SET_TID_ADDRESS}, {"sysinfo", unix.SYS_SYSINFO}, {"writev", unix.SYS_WRITEV},
		{"capset", unix.SYS_CAPSET}, {"clock_gettime", unix.SYS_CLOCK_GETTIME}, {"clone", unix.SYS_CLONE}, {"close", unix.SYS_CLOSE},
		{"connect", unix.SYS_CONNECT},
		{"epoll_create1", unix.SYS_EPOLL_CREATE1}, {"epoll_ctl", unix.SYS_EPOLL_CTL}, {"epoll_pwait", unix.SYS_EPOLL_PWAIT},
		{"eventfd2", unix.SYS_EVENTFD2}, {"exit", unix.SYS_EXIT}, {"exit_group", unix.SYS_EXIT_GROUP}, {"fallocate", unix.SYS_FALLOCATE},
		{"fchmod", unix.SYS_FCHMOD}, {"fcntl", unix.SYS_FCNTL}, {"fdatasync", unix.SYS_FDATASYNC}, {"flock", unix.SYS_FLOCK},
		{"fstat", unix.SYS_FSTAT}, {"fstatfs", unix.SYS_FSTATFS}, {"fsync", unix.SYS_FSYNC}, {"ftruncate", unix.SYS_FTRUNCATE},
		{"futex", unix.SYS_FUTEX}, {"getcwd", unix.SYS_GETCWD}, {"getdents64", unix.SYS_GETDENTS64}, {"getpid", unix.SYS_GETPID},
		{"getpeername", unix.SYS_GETPEERNAME}, {"getppid", unix.SYS_GETPPID}, {"getsockname", unix.SYS_GETSOCKNAME}, {"getsockopt", unix.SYS_GETSOCKOPT},
		{"getrandom", unix.SYS_GETRANDOM}, {"gettid", unix.SYS_GETTID}, {"getuid", unix.SYS_GETUID}, {"ioctl", unix.SYS_IOCTL},
		{"landlock_create_ruleset", unix.SYS_LANDLOCK_CREATE_RULESET}, {"landlock_restrict_self", unix.SYS_LANDLOCK_RESTRICT_SELF},
		{"linkat", unix.SYS_LINKAT}, {"lseek", unix.SYS_LSEEK}, {"madvise", unix.SYS_MADVISE}, {"memfd_secret", unix.SYS_MEMFD_SECRET},
		{"mkdirat", unix.SYS_MKDIRAT}, {"mlock", unix.SYS_MLOCK}, {"mmap", unix.SYS_MMAP}, {"mremap", unix.SYS_MREMAP},
		{"munmap", unix.SYS_MUNMAP}, {"nanosleep", unix.SYS_NANOSLEEP}, {"newfstatat", newfstatat}, {"openat", unix.SYS_OPENAT},
		{"pipe2", unix.SYS_PIPE2}, {"ppoll", unix.SYS_PPOLL}, {"prctl", unix.SYS_PRCTL}, {"pread64", unix.SYS_PREAD64},
		{"prlimit64", unix.SYS_PRLIMIT64}, {"pwrite64", unix.SYS_PWRITE64}, {"read", unix.SYS_READ}, {"readlinkat", unix.SYS_READLINKAT},
		{"recvmsg", unix.SYS_RECVMSG}, {"renameat", unix.SYS_RENAMEAT}, {"renameat2", unix.SYS_RENAMEAT2},
		{"restart_syscall", unix.SYS_RESTART_SYSCALL}, {"rt_sigaction", unix.SYS_RT_SIGACTION}, {"rt_sigprocmask", unix.SYS_RT_SIGPROCMASK},
		{"rt_sigreturn", unix.SYS_RT_SIGRETURN}, {"sched_getaffinity", unix.SYS_SCHED_GETAFFINITY}, {"sched_yield", unix.SYS_SCHED_YIELD},
		{"seccomp", unix.SYS_SECCOMP}, {"sendmsg", unix.SYS_SENDMSG}, {"setgroups", unix.SYS_SETGROUPS}, {"setresgid", unix.SYS_SETRESGID},
		{"setresuid", unix.SYS_SETRESUID}, {"setsockopt", unix.SYS_SETSOCKOPT}, {"sigaltstack", unix.SYS_SIGALTSTACK}, {"socket", unix.SYS_SOCKET}, {"statfs", unix.SYS_STATFS}, {"tgkill", unix.SYS_TGKILL},
		{"timerfd_create", unix.SYS_TIMERFD_CREATE}, {"timerfd_settime", unix.SYS_TIMERFD_SETTIME}, {"unlinkat", unix.SYS_UNLINKAT},
		{"uname", unix.SYS_UNAME}, {"write", unix.SYS_WRITE},
	} {
		if c.name == name {
			return c.n, true
		}
	}
	return 0, false
}
