package eyes

import (
	"slices"

	"tellijn/hal/camera/v4l2/abi"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/filter"
)

// Requests that the library webcam makes, on a 64-bit machine. (V4L2 spec, under the name behind each;
// numbers from videodev2.h of Linux 6.1)
const (
	enumFormats    = 0xc0405602 // VIDIOC_ENUM_FMT
	setFormat      = 0xc0d05605 // VIDIOC_S_FMT
	requestBuffers = 0xc0145608 // VIDIOC_REQBUFS
	streamOn       = 0x40045612 // VIDIOC_STREAMON
	getControl     = 0xc008561b // VIDIOC_G_CTRL
	setControl     = 0xc008561c // VIDIOC_S_CTRL
	queryControl   = 0xc0445624 // VIDIOC_QUERYCTRL
	enumSizes      = 0xc02c564a // VIDIOC_ENUM_FRAMESIZES
	enumIntervals  = 0xc034564b // VIDIOC_ENUM_FRAMEINTERVALS
)

// opening are the requests by which a camera is asked and set.
func opening() []uint64 {
	return []uint64{abi.QueryCap, abi.GetFormat, abi.GetParm, abi.SetParm, enumFormats, setFormat, queryControl, enumSizes, enumIntervals}
}

// free are descriptors for what the eye opens by itself: a new one has the lowest free number
// (open(2)), and it never has more than two at a time.
func free() []uint64 { return []uint64{FdAlarm + 1, FdAlarm + 2, FdAlarm + 3, FdAlarm + 4} }

// Opens is the manifest of the eye from its orders until frames can flow. It is looser than the others,
// since a camera is opened and set and memory is made, and since it must leave them what they need;
// but there is no network in it either, nothing to start, and no other path.
func Opens(e Eye) sandbox.Manifest {
	m := sandbox.Manifest{Program: "eye", Stage: "while it opens its camera", Room: true, Rights: true, Dies: true,
		Budget: sandbox.Budget{Descriptors: 64, FileBytes: sandbox.Unbounded, DataBytes: sandbox.Unbounded}, // secret memory is a file that grows
		Never:  []string{"it has no network and starts nothing", "it opens nothing but its camera", "no frame has come yet"}}
	if e.Device != "" {
		m.Paths = []sandbox.Path{{Path: e.Device, May: sandbox.Use, Why: "the camera of its orders"}}
		m.Calls = append(m.Calls,
			camera(filter.Is(0, free()...), slices.Concat(counting(), settling(), opening()), "the camera: ask, set, start; never hand a frame on"), waits())
	}
	m.Calls = append(m.Calls, both(e)...)
	m.Calls = append(m.Calls, sandbox.Running(e.Pid)...)
	if e.Device != "" {
		const getFlags, setFlags = 1, 2 // F_GETFD, F_SETFD; include/uapi/asm-generic/fcntl.h
		m.Calls = append(m.Calls,
			call("openat", nil, "the camera; which paths, Landlock and the room say"),
			call("newfstatat", nil, "is it a camera"),
			call("fstat", nil, "which descriptor is the camera's"),
			call("fcntl", []filter.Condition{filter.Is(1, getFlags, setFlags)}, "close the descriptor if another program were started, which cannot be"))
	}
	const noFork, noCore, wipeOnFork = 10, 16, 18 // include/uapi/asm-generic/mman-common.h
	m.Calls = append(m.Calls,
		closes("the camera, if it cannot be used, and what else it opened", free()...),
		maps("the camera's buffers and secret memory; no code", free()...),
		call("write", []filter.Condition{filter.Is(0, FdWords)}, "why it could not begin"),
		call("memfd_secret", nil, "memory that nobody else reads"),
		call("ftruncate", nil, "the size of that memory"),
		call("mlock", nil, "memory that is never swapped"),
		call("madvise", []filter.Condition{filter.Is(2, noFork, noCore, wipeOnFork)}, "keep memory out of core files and children"),
		call("rt_sigaction", nil, "be told to end"),
		call("sched_getaffinity", nil, "how many processors there are"),
		call("getppid", nil, "does who started it still run"),
		call("getuid", nil, "is it root"),
		call("setgroups", nil, "give rights up"),
		call("setresgid", nil, "give rights up"),
		call("setresuid", nil, "give rights up"),
		call("capset", nil, "give rights up"),
		call("landlock_create_ruleset", nil, "give paths up"),
		call("landlock_restrict_self", nil, "give paths up"),
	)
	m.Calls = append(m.Calls, gives()...)
	m.Calls = append(m.Calls, narrower()...)
	return m
}

// gives are the ways in which prctl(2) takes rights away. (include/uapi/linux/prctl.h, signal(7))
func gives() []sandbox.Call {
	const deathSignal, notLooked, dropBounding, secureBits, noNewPrivileges, ambient = 1, 4, 24, 28, 38, 47
	const kill, clearAll = 9, 4
	return []sandbox.Call{
		call("prctl", []filter.Condition{filter.Is(0, dropBounding, secureBits)}, "give rights up for good"),
		call("prctl", []filter.Condition{filter.Is(0, notLooked), filter.Is(1, 0)}, "nobody looks into its memory"),
		call("prctl", []filter.Condition{filter.Is(0, deathSignal), filter.Is(1, kill)}, "end with who started it"),
		call("prctl", []filter.Condition{filter.Is(0, noNewPrivileges), filter.Is(1, 1)}, "gain no right any more"),
		call("prctl", []filter.Condition{filter.Is(0, ambient), filter.Is(1, clearAll)}, "hand no right on"),
	}
}

// narrower are the calls by which limits and the list of calls are made narrower. The limit on core
// files is only read: the first stage sets it, and root could raise it.
func narrower() []sandbox.Call {
	const fileBytes, dataBytes, coreBytes, descriptors = 1, 2, 4, 7 // include/uapi/asm-generic/resource.h
	const setFilter = 1                                             // SECCOMP_SET_MODE_FILTER; include/uapi/linux/seccomp.h
	return []sandbox.Call{
		call("prlimit64", []filter.Condition{filter.Is(0, 0), filter.Is(1, fileBytes, dataBytes, descriptors)}, "its own limits"),
		call("prlimit64", []filter.Condition{filter.Is(0, 0), filter.Is(1, coreBytes), filter.Is(2, 0)}, "read its limit on core files"),
		call("seccomp", []filter.Condition{filter.Is(0, setFilter)}, "give calls up"),
	}
}
