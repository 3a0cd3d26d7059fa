package eyes

import (
	"slices"
	"testing"

	"tellijn/privacy/sandbox"
	"tellijn/privacy/wire"
)

// find gives one call of a manifest.
func find(t *testing.T, m sandbox.Manifest, name string) sandbox.Call {
	t.Helper()
	i := slices.IndexFunc(m.Calls, func(c sandbox.Call) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("%s %s: no %s", m.Program, m.Stage, name)
	}
	return m.Calls[i]
}

func TestTheEyeThatCounts(t *testing.T) {
	m := Counts(Eye{Camera: 6, Pid: 1})
	if n := len(m.Calls); n >= 25 {
		t.Errorf("%d system calls, want less than 25", n)
	}
	if len(m.Paths) != 0 || m.Budget.Descriptors != 1 || m.Budget.FileBytes != 0 || m.Rights {
		t.Errorf("%+v", m)
	}
	ioctl := find(t, m, "ioctl")
	if len(ioctl.Where) != 2 || !slices.Equal(ioctl.Where[0].Is, []uint64{6}) || len(ioctl.Where[1].Is) != 3 {
		t.Errorf("ioctl: %+v", ioctl.Where)
	}
	write := find(t, m, "write")
	if len(write.Where) != 2 || !slices.Equal(write.Where[0].Is, []uint64{FdTally}) || !slices.Equal(write.Where[1].Is, []uint64{wire.Size}) {
		t.Errorf("write: %+v", write.Where)
	}
	for _, name := range []string{"openat", "read", "fcntl", "dup", "prctl", "seccomp", "rt_sigaction"} {
		if slices.ContainsFunc(m.Calls, func(c sandbox.Call) bool { return c.Name == name }) {
			t.Errorf("a counting eye may %s", name)
		}
	}
}

// What is asked of the camera while it is opened is only asked then.
func TestTheEyeThatOpens(t *testing.T) {
	m := Opens("/dev/video0", 1)
	if len(m.Paths) != 1 || m.Paths[0].Path != "/dev/video0" || m.Paths[0].May != sandbox.Use || !m.Rights || !m.Dies {
		t.Errorf("%+v", m)
	}
	if len(Opens("", 1).Paths) != 0 {
		t.Error("an eye without a camera opens something")
	}
	counts := find(t, Counts(Eye{Camera: 6, Pid: 1}), "ioctl").Where[1].Is
	opens := find(t, m, "ioctl").Where[0].Is
	for _, request := range []uint64{setFormat, requestBuffers, streamOn, setControl} {
		if !slices.Contains(opens, request) || slices.Contains(counts, request) {
			t.Errorf("request %#x: opening %#x, counting %#x", request, opens, counts)
		}
	}
}

// A clip is read by an eye that has one, and a drawn camera is asked nothing.
func TestTheEyeWithoutACamera(t *testing.T) {
	m := Counts(Eye{Camera: -1, Feed: true, Pid: 1})
	if w := find(t, m, "read").Where; len(w) != 1 || !slices.Equal(w[0].Is, []uint64{FdFeed}) {
		t.Errorf("read: %+v", w)
	}
	for _, name := range []string{"ioctl", "ppoll", "close"} {
		if slices.ContainsFunc(m.Calls, func(c sandbox.Call) bool { return c.Name == name }) {
			t.Errorf("without a camera it may %s", name)
		}
	}
}
