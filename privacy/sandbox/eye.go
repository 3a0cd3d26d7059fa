package sandbox

import (
	"tellijn/hal/camera/v4l2/abi"
	"tellijn/privacy/sandbox/filter"
	"tellijn/privacy/wire"
)

// Descriptors that the eye is started with. 1 is /dev/null.
const (
	FdOrders = 0
	FdWords  = 2 // one line about why it could not begin; closed to it once it counts
	FdTally  = 3
	FdAlarm  = 4 // a timer of the kernel that the warden waits for
	FdFeed   = 5 // frames of a clip, on boards that are not real
)

// Eye is what a running eye has.
type Eye struct {
	Camera int // descriptor of the camera, -1 for a drawn one or a clip
	Feed   bool
	Pid    int // in its own namespace
}

// Shorthands for conditions.
func is(arg uint8, values ...uint64) filter.Condition {
	return filter.Condition{Arg: arg, Is: values}
}

func without(arg uint8, bits uint32) filter.Condition {
	return filter.Condition{Arg: arg, Without: bits}
}

// Constants of Linux, the same on every machine that this runs on. (include/uapi/asm-generic:
// mman-common.h, mman.h; include/uapi/linux/sched.h, prctl.h)
const (
	protExec  = 4
	mapShared = 0x01
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

// running are the calls that Go itself makes in a program that runs: threads, locks, garbage
// collection and signals. pid is the program's own.
func running(pid int) []Call {
	return []Call{
		{"futex", nil, "wait for another thread"},
		{"nanosleep", nil, "wait"},
		{"sched_yield", nil, "let another thread run"},
		{"madvise", []filter.Condition{is(2, adviceDrop, adviceFree, adviceHuge, adviceSmall, adviceJoin)}, "give memory back; never into a core file"},
		{"mmap", []filter.Condition{without(2, protExec), is(3, anonymous, anonymous|fixed, anonymous|noReserve, anonymous|fixed|noReserve),
			{Arg: 4, Is: []uint64{noFile}, Low: true}}, "private memory; no file, no code"},
		{"munmap", nil, "give memory back"},
		{"rt_sigprocmask", nil, "signals"},
		{"rt_sigreturn", nil, "signals"},
		{"sigaltstack", nil, "signals"},
		{"getpid", nil, "signals between its own threads"},
		{"gettid", nil, "signals between its own threads"},
		{"tgkill", []filter.Condition{is(0, uint64(pid))}, "signals between its own threads"},
		{"clone", []filter.Condition{is(0, threadFlags, threadFlags|threadPointer)}, "a thread, never a process"},
		{"clock_gettime", nil, "what time it is"},
		{"restart_syscall", nil, "the kernel goes on after a stop"},
		{"exit", nil, "end a thread"},
		{"exit_group", nil, "end"},
	}
}

// EyeCounts is the manifest of the eye from its first frame for counting to its end.
func EyeCounts(e Eye) Manifest {
	m := Manifest{Program: "eye", Stage: "while it counts", Dies: true,
		Budget: Budget{Descriptors: 1, FileBytes: 0, DataBytes: 256 << 20},
		Never: []string{
			"it opens nothing, has no network, starts nothing and gets no new descriptor",
			"a frame cannot be handed on: the request that would do so (VIDIOC_EXPBUF) is not on the list",
			"what leaves it are tallies of one size on one pipe, and the code it ends with",
		}}
	if e.Camera >= 0 {
		m.Calls = append(m.Calls,
			Call{"ioctl", []filter.Condition{is(0, uint64(e.Camera)), is(1, abi.Dequeue, abi.Queue, abi.StreamOff)},
				"the camera: take a frame, give it back, stop"},
			Call{"ppoll", []filter.Condition{is(1, 1)}, "wait for a frame"})
	}
	m.Calls = append(m.Calls,
		Call{"timerfd_settime", []filter.Condition{is(0, FdAlarm), is(1, 0)}, "the alarm on a frame that lives too long"},
		Call{"write", []filter.Condition{is(0, FdTally), is(2, wire.Size)}, "one whole tally to the warden"})
	if e.Feed {
		m.Calls = append(m.Calls, Call{"read", []filter.Condition{is(0, FdFeed)}, "frames of a clip; never on a real board"})
	}
	m.Calls = append(m.Calls, running(e.Pid)...)
	if e.Camera >= 0 {
		m.Calls = append(m.Calls, Call{"close", []filter.Condition{is(0, uint64(e.Camera))}, "the camera, at the end"})
	}
	return m
}
