package eyes

import (
	"tellijn/hal/camera/v4l2/abi"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/filter"
)

// Requests that the library webcam makes while it opens a camera, on a 64-bit machine. (V4L2 spec,
// under the name behind each; numbers from videodev2.h of Linux 6.1)
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

// Numbers of prctl(2) that only take rights away, or name memory.
const (
	setDeathSignal, setNotLooked, dropBounding, setSecureBits, noNewPrivileges, ambient = 1, 4, 24, 28, 38, 47
)

// Opens is the manifest of the eye from its orders to its first frame. device is the path of the
// camera, "" for a drawn one. It is looser than Counts, since a camera is opened and set; but
// there is no network in it either, nothing to start, and no other path.
func Opens(device string, pid int) sandbox.Manifest {
	m := sandbox.Manifest{Program: "eye", Stage: "while it opens its camera", Room: true, Rights: true, Dies: true,
		Budget: sandbox.Budget{Descriptors: 64, FileBytes: sandbox.Unbounded, DataBytes: sandbox.Unbounded}, // secret memory is a file that grows
		Never:  []string{"it has no network and starts nothing", "it opens nothing but its camera"}}
	if device != "" {
		m.Paths = []sandbox.Path{{Path: device, May: sandbox.Use, Why: "the camera of its orders"}}
	}
	m.Calls = append(m.Calls,
		call("ioctl", []filter.Condition{filter.Is(1, abi.QueryCap, abi.GetFormat, abi.QueryBuffer, abi.GetParm, abi.SetParm, abi.SubscribeEvent,
			abi.Queue, abi.Dequeue, abi.StreamOff, enumFormats, setFormat, requestBuffers, streamOn, getControl, setControl, queryControl,
			enumSizes, enumIntervals)}, "the camera: ask, set, start; never hand a frame on"),
		call("ppoll", nil, "wait for a frame"),
		call("openat", nil, "the camera; which paths, Landlock says"),
		call("newfstatat", nil, "is it a camera"),
		call("fstat", nil, "which descriptor is the camera's"),
		call("fcntl", nil, "close the descriptor if another program were started, which cannot be"),
		call("close", nil, "what it does not use"),
		call("write", []filter.Condition{filter.Is(0, FdWords, FdTally)}, "why it could not begin"),
		call("read", []filter.Condition{filter.Is(0, FdFeed)}, "the head of a clip; never on a real board"),
		call("timerfd_settime", []filter.Condition{filter.Is(0, FdAlarm), filter.Is(1, 0)}, "the alarm on a frame that lives too long"),
		call("memfd_secret", nil, "memory that nobody else reads"),
		call("ftruncate", nil, "the size of that memory"),
		call("mlock", nil, "memory that is never swapped"),
		call("rt_sigaction", nil, "be told to end"),
		call("sched_getaffinity", nil, "how many processors there are"),
		call("prctl", []filter.Condition{filter.Is(0, setDeathSignal, setNotLooked, dropBounding, setSecureBits, noNewPrivileges, ambient)}, "give rights up"),
		call("getppid", nil, "does who started it still run"),
		call("prlimit64", nil, "give rights up"),
		call("capset", nil, "give rights up"),
		call("getuid", nil, "is it root"),
		call("setgroups", nil, "give rights up"),
		call("setresgid", nil, "give rights up"),
		call("setresuid", nil, "give rights up"),
		call("landlock_create_ruleset", nil, "give rights up"),
		call("landlock_restrict_self", nil, "give rights up"),
		call("seccomp", nil, "give rights up"),
	)
	for _, c := range sandbox.Running(pid) {
		switch c.Name {
		case "mmap": // the camera's buffers, and the secret memory, are shared mappings of a descriptor
			c.Where, c.Why = []filter.Condition{sandbox.NoCode()}, "memory and the camera's buffers; no code"
		case "madvise":
			c.Where, c.Why = []filter.Condition{sandbox.Advice(10, 16, 18)},
				"give memory back; keep memory out of core files (16) and children (10, 18)"
		}
		m.Calls = append(m.Calls, c)
	}
	return m
}
