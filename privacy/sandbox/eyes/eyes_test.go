package eyes

import (
	"slices"
	"testing"

	"tellijn/hal/camera/v4l2/abi"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/filter"
	"tellijn/privacy/wire"
)

// ways are the bounds under which a manifest allows a call, one list for each way.
func ways(m sandbox.Manifest, name string) (all [][]filter.Condition) {
	for _, c := range m.Calls {
		if c.Name == name {
			all = append(all, c.Where)
		}
	}
	return all
}

// bound gives the values that an argument may have in the one way of a call.
func bound(t *testing.T, m sandbox.Manifest, name string, arg uint8) []uint64 {
	t.Helper()
	all := ways(m, name)
	if len(all) != 1 {
		t.Fatalf("%s %s: %d ways of %s", m.Program, m.Stage, len(all), name)
	}
	for _, w := range all[0] {
		if w.Arg == arg {
			return w.Is
		}
	}
	return nil
}

// eye has a camera, clip none, and drawn neither.
var (
	eye   = Eye{Device: "/dev/video0", Camera: 6, Pid: 1}
	clip  = Eye{Camera: -1, Feed: true, Pid: 1}
	drawn = Eye{Camera: -1, Pid: 1}
)

func TestTheEyeThatCounts(t *testing.T) {
	m := Counts(eye)
	if n := m.Size(); n >= 25 || n != len(m.Calls) {
		t.Errorf("%d system calls in %d ways, want less than 25", n, len(m.Calls))
	}
	if len(m.Paths) != 0 || m.Budget.Descriptors != 1 || m.Budget.FileBytes != 0 || m.Rights || !m.Narrows {
		t.Errorf("%+v", m)
	}
	if fd, requests := bound(t, m, "ioctl", 0), bound(t, m, "ioctl", 1); !slices.Equal(fd, []uint64{6}) ||
		!slices.Equal(requests, []uint64{abi.Dequeue, abi.Queue, abi.StreamOff}) {
		t.Errorf("ioctl %d, %#x", fd, requests)
	}
}

// What must never be in the stages in which frames flow.
func TestWhereFramesFlow(t *testing.T) {
	for _, e := range []Eye{eye, clip, drawn} {
		for _, m := range []sandbox.Manifest{Settles(e), Counts(e)} {
			for _, name := range []string{"openat", "fcntl", "dup", "prctl", "rt_sigaction", "memfd_secret", "ftruncate", "newfstatat", "fstat", "capset", "setresuid",
				"landlock_create_ruleset", "landlock_restrict_self", "getppid"} {
				if ways(m, name) != nil {
					t.Errorf("%s it may %s", m.Stage, name)
				}
			}
			if fd, n := bound(t, m, "write", 0), bound(t, m, "write", 2); !slices.Equal(fd, []uint64{FdTally}) || !slices.Equal(n, []uint64{wire.Size}) {
				t.Errorf("%s it may write to %d, %d bytes", m.Stage, fd, n)
			}
			if m.Rights || !m.Dies || m.Paths != nil || m.Budget.FileBytes != 0 {
				t.Errorf("%+v", m)
			}
		}
		for _, name := range []string{"seccomp", "prlimit64"} {
			if m := Counts(e); ways(m, name) != nil {
				t.Errorf("%s it may %s", m.Stage, name)
			}
		}
	}
}

// The camera is set while it is opened, started and held while it settles, and only read from then on.
func TestRequests(t *testing.T) {
	opens, settles, counts := bound(t, Opens(eye), "ioctl", 1), bound(t, Settles(eye), "ioctl", 1), bound(t, Counts(eye), "ioctl", 1)
	for _, c := range []struct {
		request uint64
		last    int // stage
	}{{setFormat, 1}, {queryControl, 1}, {enumFormats, 1}, {abi.SetParm, 1}, {abi.QueryCap, 1}, {abi.GetFormat, 1},
		{requestBuffers, 2}, {streamOn, 2}, {setControl, 2}, {getControl, 2}, {abi.QueryBuffer, 2}, {abi.SubscribeEvent, 2},
		{abi.Dequeue, 3}, {abi.Queue, 3}, {abi.StreamOff, 3}} {
		for i, stage := range [][]uint64{opens, settles, counts} {
			if slices.Contains(stage, c.request) != (i < c.last) {
				t.Errorf("request %#x at stage %d: %#x", c.request, i+1, stage)
			}
		}
	}
	if len(settles) != 9 || !slices.Equal(bound(t, Settles(eye), "ioctl", 0), []uint64{6}) {
		t.Errorf("while it settles: %#x", settles)
	}
	if fds := bound(t, Opens(eye), "ioctl", 0); !slices.Equal(fds, free()) || slices.Min(fds) <= FdAlarm || !slices.Contains(fds, 6) {
		t.Errorf("while it opens: descriptors %d", fds)
	}
}

func TestTheEyeThatOpens(t *testing.T) {
	m := Opens(eye)
	if len(m.Paths) != 1 || m.Paths[0].Path != "/dev/video0" || m.Paths[0].May != sandbox.Use || !m.Rights || !m.Dies || !m.Room || m.Narrows {
		t.Errorf("%+v", m)
	}
	for _, e := range []Eye{clip, drawn} {
		m := Opens(e)
		if m.Paths != nil || !m.Room || ways(m, "openat") != nil || ways(m, "ioctl") != nil {
			t.Errorf("an eye without a camera opens something: %+v", m)
		}
	}
	if fds := bound(t, m, "close", 0); !slices.Equal(fds, free()) {
		t.Errorf("it may close %d", fds)
	}
	if commands := bound(t, m, "fcntl", 1); !slices.Equal(commands, []uint64{1, 2}) {
		t.Errorf("fcntl %d, want F_GETFD and F_SETFD", commands)
	}
	// (prctl(2); the numbers are those of include/uapi/linux/prctl.h)
	bounds := map[uint64][]uint64{24: nil, 28: nil, 4: {0}, 1: {9}, 38: {1}, 47: {4}}
	for _, w := range ways(m, "prctl") {
		for _, option := range w[0].Is {
			want, ok := bounds[option]
			if w[0].Arg != 0 || !ok || (want == nil) != (len(w) == 1) || want != nil && (w[1].Arg != 1 || !slices.Equal(w[1].Is, want)) {
				t.Errorf("prctl %+v, want %d", w, want)
			}
			delete(bounds, option)
		}
	}
	if len(bounds) > 0 {
		t.Errorf("prctl may not %v", bounds)
	}
	for _, w := range ways(m, "prlimit64") {
		core := slices.Contains(w[1].Is, 4)
		if w[0].Arg != 0 || !slices.Equal(w[0].Is, []uint64{0}) || core && (len(w) != 3 || w[2].Arg != 2 || !slices.Equal(w[2].Is, []uint64{0})) {
			t.Errorf("prlimit64 %+v", w)
		}
	}
}

// Memory is shared only with what the eye opened by itself, and once frames flow only with the camera.
func TestSharedMemory(t *testing.T) {
	for _, c := range []struct {
		m    sandbox.Manifest
		want []uint64
	}{{Opens(eye), free()}, {Opens(drawn), free()}, {Settles(eye), []uint64{6}}, {Settles(drawn), nil}, {Counts(eye), nil}, {Counts(clip), nil}} {
		var got []uint64
		for _, w := range ways(c.m, "mmap") {
			if slices.Contains(w[1].Is, 1) { // MAP_SHARED
				got = append(got, w[2].Is...)
				if len(w) != 3 || w[0].Arg != 2 || !slices.Equal(w[0].Is, []uint64{3}) || !slices.Equal(w[1].Is, []uint64{1}) || w[2].Arg != 4 {
					t.Errorf("%s: mmap %+v", c.m.Stage, w)
				}
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: shares with %d, want %d", c.m.Stage, got, c.want)
		}
	}
}

// A clip is read by an eye that has one, at each stage, and a drawn camera is asked nothing.
func TestTheEyeWithoutACamera(t *testing.T) {
	for _, stage := range []func(Eye) sandbox.Manifest{Opens, Settles, Counts} {
		m := stage(clip)
		if fd := bound(t, m, "read", 0); !slices.Equal(fd, []uint64{FdFeed}) {
			t.Errorf("%s: read %d", m.Stage, fd)
		}
		for _, e := range []Eye{eye, drawn} {
			if m := stage(e); ways(m, "read") != nil {
				t.Errorf("%s: it reads without a clip", m.Stage)
			}
		}
	}
	for _, m := range []sandbox.Manifest{Settles(drawn), Counts(drawn)} {
		for _, name := range []string{"ioctl", "ppoll", "close"} {
			if ways(m, name) != nil {
				t.Errorf("%s: without a camera it may %s", m.Stage, name)
			}
		}
	}
}

// The kernel asks the lists of all stages, so a later one allows nothing that an earlier one does not.
func TestStagesOnlyTakeAway(t *testing.T) {
	for _, e := range []Eye{eye, clip, drawn} {
		for _, pair := range [][2]sandbox.Manifest{{Opens(e), Settles(e)}, {Settles(e), Counts(e)}} {
			for _, c := range pair[1].Calls {
				if !slices.ContainsFunc(ways(pair[0], c.Name), func(w []filter.Condition) bool { return wider(w, c.Where) }) {
					t.Errorf("%+v: %s it may %s with %+v, which it could not %s", e, pair[1].Stage, c.Name, c.Where, pair[0].Stage)
				}
			}
		}
	}
}

// wider tells whether each bound of a is kept by b as well.
func wider(a, b []filter.Condition) bool {
	for _, c := range a {
		if !slices.ContainsFunc(b, func(d filter.Condition) bool {
			if c.Arg != d.Arg || c.Without != d.Without || c.Low != d.Low {
				return false
			}
			for _, v := range d.Is {
				if !slices.Contains(c.Is, v) {
					return false
				}
			}
			return true
		}) {
			return false
		}
	}
	return true
}
