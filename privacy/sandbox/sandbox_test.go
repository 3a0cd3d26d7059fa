package sandbox

import (
	"slices"
	"strings"
	"testing"

	"tellijn/privacy/wire"
)

// every gives each manifest there is.
func every() []Manifest {
	return []Manifest{EyeOpens("/dev/video0", 1), EyeCounts(Eye{Camera: 6, Pid: 1}), EyeCounts(Eye{Camera: -1, Feed: true, Pid: 1}),
		Warden(7, 1), Courier("/data/queue", 1)}
}

// never are calls that no program of the device makes, at any stage.
func never() []string {
	return []string{"socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "execve", "execveat", "fork", "vfork",
		"clone3", "ptrace", "process_vm_readv", "process_vm_writev", "io_uring_setup", "memfd_create", "kill", "mount", "bpf", "unshare", "setns",
		"pidfd_getfd", "userfaultfd", "mprotect", "shmget", "open_by_handle_at", "init_module", "perf_event_open", "keyctl"}
}

func TestWhatNobodyMay(t *testing.T) {
	for _, m := range every() {
		for i, c := range m.Calls {
			if slices.Contains(never(), c.Name) {
				t.Errorf("%s %s may %s", m.Program, m.Stage, c.Name)
			}
			if c.Why == "" {
				t.Errorf("%s %s: no reason for %s", m.Program, m.Stage, c.Name)
			}
			if slices.ContainsFunc(m.Calls[:i], func(d Call) bool { return d.Name == c.Name }) {
				t.Errorf("%s %s: %s stands there twice, and only the first would count", m.Program, m.Stage, c.Name)
			}
		}
	}
}

// find gives one call of a manifest.
func find(t *testing.T, m Manifest, name string) Call {
	t.Helper()
	i := slices.IndexFunc(m.Calls, func(c Call) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("%s %s: no %s", m.Program, m.Stage, name)
	}
	return m.Calls[i]
}

func TestTheEyeThatCounts(t *testing.T) {
	m := EyeCounts(Eye{Camera: 6, Pid: 1})
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
		if slices.ContainsFunc(m.Calls, func(c Call) bool { return c.Name == name }) {
			t.Errorf("a counting eye may %s", name)
		}
	}
}

// VIDIOC_EXPBUF would make a descriptor of a frame. (V4L2 spec, VIDIOC_EXPBUF; videodev2.h)
const handOn = 0xc0405610

func TestNoFrameIsHandedOn(t *testing.T) {
	for _, m := range every() {
		for _, c := range m.Calls {
			if c.Name != "ioctl" {
				continue
			}
			requests := c.Where[len(c.Where)-1]
			if requests.Arg != 1 || len(requests.Is) == 0 || slices.Contains(requests.Is, handOn) {
				t.Errorf("%s %s: ioctl %+v", m.Program, m.Stage, c.Where)
			}
		}
	}
}

func TestNoCodeIsMapped(t *testing.T) {
	for _, m := range every() {
		c := find(t, m, "mmap")
		if len(c.Where) == 0 || c.Where[0].Arg != 2 || c.Where[0].Without&protExec == 0 {
			t.Errorf("%s %s: mmap %+v", m.Program, m.Stage, c.Where)
		}
	}
}

func TestTheCourierHasItsDirectoryOnly(t *testing.T) {
	m := Courier("/data/queue", 1)
	if len(m.Paths) != 1 || m.Paths[0].Path != "/data/queue" || m.Paths[0].May != Files {
		t.Errorf("%+v", m.Paths)
	}
	for _, c := range m.Calls {
		if c.Name == "ioctl" {
			t.Error("the courier has no device to ask")
		}
	}
}

// The text names each call, each bound and each path.
func TestText(t *testing.T) {
	for _, m := range every() {
		text := m.Text()
		for _, c := range m.Calls {
			if !strings.Contains(text, "  "+c.Name+" ") || !strings.Contains(text, c.Why) {
				t.Errorf("%s %s: %s is not in the text", m.Program, m.Stage, c.Name)
			}
		}
		if n := strings.Count(text, "only with argument"); n < 3 {
			t.Errorf("%s %s: %d bounds in\n%s", m.Program, m.Stage, n, text)
		}
		if strings.Contains(text, "opens: nothing") != (len(m.Paths) == 0) || !strings.Contains(text, "so: ") {
			t.Errorf("%s %s:\n%s", m.Program, m.Stage, text)
		}
	}
	t.Log("\n" + EyeCounts(Eye{Camera: 6, Pid: 1}).Text())
}
