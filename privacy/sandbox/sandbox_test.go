package sandbox_test

import (
	"slices"
	"strings"
	"testing"

	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/eyes"
)

// every gives each manifest there is.
func every() []sandbox.Manifest {
	return []sandbox.Manifest{eyes.Opens(eyes.Eye{Device: "/dev/video0", Pid: 1}), eyes.Opens(eyes.Eye{Feed: true, Pid: 1}),
		eyes.Settles(eyes.Eye{Camera: 6, Pid: 1}), eyes.Settles(eyes.Eye{Camera: -1, Feed: true, Pid: 1}),
		eyes.Counts(eyes.Eye{Camera: 6, Pid: 1}), eyes.Counts(eyes.Eye{Camera: -1, Feed: true, Pid: 1}),
		sandbox.Warden(7, -1, 1), sandbox.Warden(7, 5, 1), sandbox.Courier("/data/queue", 1), dialer(), sandbox.Dialer(sandbox.Calling{Port: 8443}, 1)}
}

// dialer has a name to find.
func dialer() sandbox.Manifest {
	return sandbox.Dialer(sandbox.Calling{Port: 8443, Named: true, Files: []string{"/etc/hosts"}}, 1)
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
			// The dialer alone makes connections, and takes none.
			if slices.Contains(never(), c.Name) && !(m.Program == "dialer" && (c.Name == "socket" || c.Name == "connect")) {
				t.Errorf("%s %s may %s", m.Program, m.Stage, c.Name)
			}
			if c.Why == "" {
				t.Errorf("%s %s: no reason for %s", m.Program, m.Stage, c.Name)
			}
			if c.Name == "recvmsg" || c.Name == "sendmsg" { // descriptors come and go on one line only
				if len(c.Where) != 1 || c.Where[0].Arg != 0 || len(c.Where[0].Is) != 1 {
					t.Errorf("%s %s: %s on any descriptor", m.Program, m.Stage, c.Name)
				}
			}
			// Twice with other bounds means either; the same twice is refused by the filter.
			if slices.ContainsFunc(m.Calls[:i], func(d sandbox.Call) bool {
				return d.Name == c.Name && (len(d.Where) == 0 || len(c.Where) == 0)
			}) {
				t.Errorf("%s %s: %s stands there with bounds and without", m.Program, m.Stage, c.Name)
			}
		}
	}
}

// find gives each way in which a manifest allows a call.
func find(t *testing.T, m sandbox.Manifest, name string) (ways []sandbox.Call) {
	t.Helper()
	for _, c := range m.Calls {
		if c.Name == name {
			ways = append(ways, c)
		}
	}
	if len(ways) == 0 {
		t.Fatalf("%s %s: no %s", m.Program, m.Stage, name)
	}
	return ways
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
		for _, c := range find(t, m, "mmap") {
			if len(c.Where) == 0 || c.Where[0].Arg != 2 || c.Where[0].Without&4 == 0 && !slices.Equal(c.Where[0].Is, []uint64{3}) {
				t.Errorf("%s %s: mmap %+v", m.Program, m.Stage, c.Where)
			}
		}
	}
}

func TestTheCourierHasItsDirectoryOnly(t *testing.T) {
	m := sandbox.Courier("/data/queue", 1)
	if len(m.Paths) != 1 || m.Paths[0].Path != "/data/queue" || m.Paths[0].May != sandbox.Files {
		t.Errorf("%+v", m.Paths)
	}
	for _, c := range m.Calls {
		if c.Name == "ioctl" {
			t.Error("the courier has no device to ask")
		}
	}
}

// What the core does to a file it does to its ledger, and without one to none.
func TestTheWardenHasItsLedgerOnly(t *testing.T) {
	of := []string{"pwrite64", "fdatasync", "fsync", "ftruncate", "flock"}
	for _, c := range sandbox.Warden(7, -1, 1).Calls {
		if slices.Contains(of, c.Name) {
			t.Errorf("%s without a ledger", c.Name)
		}
	}
	m := sandbox.Warden(7, 5, 1)
	for _, name := range of {
		if ways := find(t, m, name); len(ways) != 1 || len(ways[0].Where) != 1 || ways[0].Where[0].Arg != 0 || !slices.Equal(ways[0].Where[0].Is, []uint64{5}) {
			t.Errorf("%s %+v", name, ways)
		}
	}
	for _, c := range m.Calls {
		if c.Name == "pread64" || c.Name == "openat" || c.Name == "mmap" && !slices.Equal(c.Where[2].Is, []uint64{0xffffffff}) {
			t.Errorf("%+v", c)
		}
	}
}

// The dialer asks for names only where there is one, and opens nothing then.
func TestDialer(t *testing.T) {
	named, plain := dialer(), sandbox.Dialer(sandbox.Calling{Port: 8443}, 1)
	if !slices.Equal(named.Ports, []uint16{8443, 53}) || !slices.Equal(plain.Ports, []uint16{8443}) {
		t.Errorf("ports %d and %d", named.Ports, plain.Ports)
	}
	if len(named.Paths) != 1 || named.Paths[0] != (sandbox.Path{Path: "/etc/hosts", May: sandbox.Read, Why: "how names are found"}) || len(plain.Paths) != 0 {
		t.Errorf("paths %v and %v", named.Paths, plain.Paths)
	}
	if n := len(find(t, named, "socket")); n != 2 {
		t.Errorf("%d kinds of sockets, want two", n)
	}
	const open, datagram = 0x80000, 0x80802
	if ways := find(t, named, "openat"); len(ways) != 1 || len(ways[0].Where) != 1 || !slices.Equal(ways[0].Where[0].Is, []uint64{open}) {
		t.Errorf("openat %+v", ways)
	}
	for _, c := range plain.Calls {
		if c.Name == "openat" || c.Name == "socket" && !slices.Equal(c.Where[1].Is, []uint64{0x80801}) {
			t.Errorf("%+v", c)
		}
	}
	if ways := find(t, named, "socket"); !slices.Equal(ways[1].Where[1].Is, []uint64{datagram}) {
		t.Errorf("socket %+v", ways)
	}
	for _, m := range every() {
		if m.Program != "dialer" && len(m.Ports) != 0 {
			t.Errorf("%s %s connects to %d", m.Program, m.Stage, m.Ports)
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
		if strings.Contains(text, "opens: nothing") != (len(m.Paths) == 0) || !strings.Contains(text, "so: ") || strings.Contains(text, "sees: a root folder") != m.Room ||
			strings.Count(text, "connects: to TCP port") != len(m.Ports) {
			t.Errorf("%s %s:\n%s", m.Program, m.Stage, text)
		}
	}
	if n := (sandbox.Manifest{Calls: []sandbox.Call{{Name: "a"}, {Name: "b"}, {Name: "a"}}}).Size(); n != 2 {
		t.Errorf("%d system calls, want 2", n)
	}
	t.Log("\n" + eyes.Counts(eyes.Eye{Camera: 6, Pid: 1}).Text())
}
