package sandbox

import "tellijn/privacy/sandbox/filter"

// Constants of Linux, the same on every machine that this runs on. (include/uapi/asm-generic:
// mman-common.h, mman.h; include/uapi/linux/sched.h, prctl.h)
const (
	protExec  = 4
	anonymous = 0x20 | 0x02 // MAP_ANONYMOUS | MAP_PRIVATE
	fixed     = 0x10
	noReserve = 0x4000
	noFile    = 0xffffffff
	// threadFlags are those with which Go makes a thread: one that shares everything.
	// On amd64 with its thread pointer.
	threadFlags   = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000
	threadPointer = 0x80000
	// Advice that drops or groups pages; none that would put them into core files or a child.
	adviceDrop, adviceFree, adviceHuge, adviceSmall, adviceJoin = 4, 8, 14, 15, 25
)

// NoCode is the condition of mmap that no code is mapped.
func NoCode() filter.Condition { return filter.Without(2, protExec) }

// Advice is the condition of madvise with the advice that Go gives, and more.
func Advice(more ...uint64) filter.Condition {
	return filter.Is(2, append([]uint64{adviceDrop, adviceFree, adviceHuge, adviceSmall, adviceJoin}, more...)...)
}

// Running are the calls that Go itself makes in a program that runs: threads, locks, garbage
// collection and signals. pid is the program's own.
func Running(pid int) []Call {
	return []Call{
		{"futex", nil, "wait for another thread"},
		{"nanosleep", nil, "wait"},
		{"sched_yield", nil, "let another thread run"},
		{"madvise", []filter.Condition{Advice()}, "give memory back; never into a core file"},
		{"mmap", []filter.Condition{NoCode(), filter.Is(3, anonymous, anonymous|fixed, anonymous|noReserve, anonymous|fixed|noReserve),
			{Arg: 4, Is: []uint64{noFile}, Low: true}}, "private memory; no file, no code"},
		{"munmap", nil, "give memory back"},
		{"rt_sigprocmask", nil, "signals"},
		{"rt_sigreturn", nil, "signals"},
		{"sigaltstack", nil, "signals"},
		{"getpid", nil, "signals between its own threads"},
		{"gettid", nil, "signals between its own threads"},
		{"tgkill", []filter.Condition{filter.Is(0, uint64(pid))}, "signals between its own threads"},
		{"clone", []filter.Condition{filter.Is(0, threadFlags, threadFlags|threadPointer)}, "a thread, never a process"},
		{"clock_gettime", nil, "what time it is"},
		{"restart_syscall", nil, "the kernel goes on after a stop"},
		{"exit", nil, "end a thread"},
		{"exit_group", nil, "end"},
	}
}
