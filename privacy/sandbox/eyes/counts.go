// Package eyes says what the eye may do, at its two stages: while it opens its camera, and while it
// counts. It applies nothing; privacy/sandbox/confine does. It is apart from the manifests of warden
// and courier so that those link nothing of a camera.
package eyes

import (
	"tellijn/hal/camera/v4l2/abi"
	"tellijn/privacy/sandbox"
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

// Counts is the manifest of the eye from its first frame for counting to its end.
func Counts(e Eye) sandbox.Manifest {
	m := sandbox.Manifest{Program: "eye", Stage: "while it counts", Dies: true,
		Budget: sandbox.Budget{Descriptors: 1, FileBytes: 0, DataBytes: 256 << 20},
		Never: []string{
			"it opens nothing, has no network, starts nothing and gets no new descriptor",
			"a frame cannot be handed on: the request that would do so (VIDIOC_EXPBUF) is not on the list",
			"what leaves it are tallies of one size on one pipe, and the code it ends with",
		}}
	if e.Camera >= 0 {
		m.Calls = append(m.Calls,
			call("ioctl", []filter.Condition{filter.Is(0, uint64(e.Camera)), filter.Is(1, abi.Dequeue, abi.Queue, abi.StreamOff)},
				"the camera: take a frame, give it back, stop"),
			call("ppoll", []filter.Condition{filter.Is(1, 1)}, "wait for a frame"))
	}
	m.Calls = append(m.Calls,
		call("timerfd_settime", []filter.Condition{filter.Is(0, FdAlarm), filter.Is(1, 0)}, "the alarm on a frame that lives too long"),
		call("write", []filter.Condition{filter.Is(0, FdTally), filter.Is(2, wire.Size)}, "one whole tally to the warden"))
	if e.Feed {
		m.Calls = append(m.Calls, call("read", []filter.Condition{filter.Is(0, FdFeed)}, "frames of a clip; never on a real board"))
	}
	m.Calls = append(m.Calls, sandbox.Running(e.Pid)...)
	if e.Camera >= 0 {
		m.Calls = append(m.Calls, call("close", []filter.Condition{filter.Is(0, uint64(e.Camera))}, "the camera, at the end"))
	}
	return m
}

// call allows a system call.
func call(name string, where []filter.Condition, why string) sandbox.Call {
	return sandbox.Call{Name: name, Where: where, Why: why}
}
