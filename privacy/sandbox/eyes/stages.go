// Package eyes says what the eye may do, at its three stages: while it opens its camera, while the camera
// settles, and while it counts. It applies nothing; privacy/sandbox/confine does. It is apart from
// the manifests of warden and courier so that those link nothing of a camera.
//
// The kernel keeps the list of calls of each stage for good and asks all of them, so that a later
// stage can only take away: whatever a counting eye may, an eye that opens its camera may too.
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
	FdWords  = 2 // one line about why it could not begin; closed to it once frames can flow
	FdTally  = 3
	FdAlarm  = 4 // a timer of the kernel that the warden waits for
	FdFeed   = 5 // frames of a clip, on boards that are not real
)

// Eye is what an eye has. What it does not have yet does not matter at that stage.
type Eye struct {
	Device string // path of the camera in its orders, "" for a drawn one or a clip
	Camera int    // descriptor of the camera once it is open, -1 for a drawn one or a clip
	Feed   bool   // its orders name a clip
	Pid    int    // in its own namespace
}

// dataBytes is the private memory of an eye that has all it needs, reserved by Go but not used included.
const dataBytes = 256 << 20

// Settles is the manifest of the eye from before its first frame until it counts: the camera makes
// buffers, starts, and finds its exposure, which is then held. Words do not leave the eye any more,
// it opens nothing, and user and rights are gone. What counting takes was taken before.
func Settles(e Eye) sandbox.Manifest {
	m := sandbox.Manifest{Program: "eye", Stage: "while its camera settles", Dies: true,
		Budget: sandbox.Budget{Descriptors: 64, FileBytes: 0, DataBytes: dataBytes},
		Never: []string{
			"it opens nothing, has no network, starts nothing, and says nothing in words",
			"a frame cannot be handed on: the request that would do so (VIDIOC_EXPBUF) is not on the list",
		}}
	if e.Camera >= 0 {
		its := filter.Is(0, uint64(e.Camera))
		m.Calls = append(m.Calls, camera(its, append(counting(), settling()...), "the camera: make buffers, start, take frames, hold its controls, stop"), waits())
	}
	m.Calls = append(m.Calls, both(e)...)
	m.Calls = append(m.Calls, narrower()...)
	m.Calls = append(m.Calls, sandbox.Running(e.Pid)...)
	if e.Camera >= 0 {
		m.Calls = append(m.Calls, maps("the camera's buffers; no code", uint64(e.Camera)), closes("the camera, at the end", uint64(e.Camera)))
	}
	return m
}

// Counts is the manifest of the eye from its first frame for counting to its end.
func Counts(e Eye) sandbox.Manifest {
	m := sandbox.Manifest{Program: "eye", Stage: "while it counts", Narrows: true, Dies: true,
		Budget: sandbox.Budget{Descriptors: 1, FileBytes: 0, DataBytes: dataBytes},
		Never: []string{
			"it opens nothing, has no network, starts nothing and gets no new descriptor",
			"a frame cannot be handed on: the request that would do so (VIDIOC_EXPBUF) is not on the list",
			"what leaves it are tallies of one size on one pipe, and the code it ends with",
		}}
	if e.Camera >= 0 {
		m.Calls = append(m.Calls, camera(filter.Is(0, uint64(e.Camera)), counting(), "the camera: take a frame, give it back, stop"), waits())
	}
	m.Calls = append(m.Calls, both(e)...)
	m.Calls = append(m.Calls, sandbox.Running(e.Pid)...)
	if e.Camera >= 0 {
		m.Calls = append(m.Calls, closes("the camera, at the end", uint64(e.Camera)))
	}
	return m
}

// counting and settling are the requests of a camera that has been set: while it counts, and those
// that only settling needs. (V4L2 spec, VIDIOC_QBUF, VIDIOC_STREAMON, VIDIOC_QUERYBUF,
// VIDIOC_SUBSCRIBE_EVENT and those in opens.go)
func counting() []uint64 { return []uint64{abi.Dequeue, abi.Queue, abi.StreamOff} }
func settling() []uint64 {
	return []uint64{abi.QueryBuffer, abi.SubscribeEvent, requestBuffers, streamOn, getControl, setControl}
}

// both are what an eye with any camera does with what it was started with.
func both(e Eye) []sandbox.Call {
	calls := []sandbox.Call{
		call("timerfd_settime", []filter.Condition{filter.Is(0, FdAlarm), filter.Is(1, 0)}, "the alarm on a frame that lives too long"),
		call("write", []filter.Condition{filter.Is(0, FdTally), filter.Is(2, wire.Size)}, "one whole tally to the warden"),
	}
	if e.Feed {
		calls = append(calls, call("read", []filter.Condition{filter.Is(0, FdFeed)}, "frames of a clip; never on a real board"))
	}
	return calls
}

func camera(its filter.Condition, requests []uint64, why string) sandbox.Call {
	return call("ioctl", []filter.Condition{its, filter.Is(1, requests...)}, why)
}

func waits() sandbox.Call {
	return call("ppoll", []filter.Condition{filter.Is(1, 1)}, "wait for a frame")
}

// maps shares memory with what one of these descriptors is, to be read and written.
// (include/uapi/asm-generic/mman-common.h: PROT_READ, PROT_WRITE, MAP_SHARED)
func maps(why string, fds ...uint64) sandbox.Call {
	const readWrite, shared = 1 | 2, 1
	return call("mmap", []filter.Condition{filter.Is(2, readWrite), filter.Is(3, shared), filter.Is(4, fds...)}, why)
}

func closes(why string, fds ...uint64) sandbox.Call {
	return call("close", []filter.Condition{filter.Is(0, fds...)}, why)
}

// call allows a system call.
func call(name string, where []filter.Condition, why string) sandbox.Call {
	return sandbox.Call{Name: name, Where: where, Why: why}
}
