package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/firmware/scout/lease"
	"tellijn/firmware/scout/links"
	"tellijn/firmware/scout/setter"
	"tellijn/firmware/scout/talk"
	"tellijn/privacy/sandbox"
	"tellijn/privacy/sandbox/confine"
)

// evilName is this program where it plays an asker that was taken over.
const evilName = "evil-asker"

// evils are what it tries; what it says afterwards is that nothing stopped it.
func evils() map[string]func() error {
	socket := func(family, kind, proto int) func() error {
		return func() error { _, err := unix.Socket(family, kind, proto); return err }
	}
	udp := func(do func(fd int) error) func() error {
		return func() error {
			for {
				fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
				if err != nil {
					return err
				}
				if fd != sandbox.AskerLine { // where the line would be
					return do(fd)
				}
			}
		}
	}
	return map[string]func() error{
		"TCP":         socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0),
		"raw":         socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP),
		"packets":     socket(unix.AF_PACKET, unix.SOCK_RAW, 0),
		"netlink":     socket(unix.AF_NETLINK, unix.SOCK_RAW, 0),
		"local":       socket(unix.AF_UNIX, unix.SOCK_STREAM, 0),
		"bind":        udp(func(fd int) error { return unix.Bind(fd, &unix.SockaddrInet4{}) }),
		"listen":      udp(func(fd int) error { return unix.Listen(fd, 1) }),
		"send to":     udp(func(fd int) error { return unix.Sendto(fd, nil, 0, &unix.SockaddrInet4{Port: 9}) }),
		"send on":     udp(func(fd int) error { _, err := unix.SendmsgN(fd, nil, nil, nil, 0); return err }),
		"filter off":  udp(func(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0) }),
		"set clock":   func() error { return unix.Settimeofday(&unix.Timeval{Sec: 1}) },
		"adjust":      func() error { _, err := unix.Adjtimex(&unix.Timex{}); return err },
		"write":       func() error { _, err := unix.Open("/etc/resolv.conf", unix.O_WRONLY|unix.O_CREAT, 0o644); return err },
		"exec":        func() error { return unix.Exec("/bin/true", nil, nil) },
		"fork":        func() error { _, err := syscall.ForkExec("/bin/true", nil, nil); return err },
		"kill":        func() error { return unix.Kill(unix.Getppid(), 0) },
		"root":        func() error { return unix.Setresuid(0, 0, 0) },
		"look around": func() error { return unix.PtraceAttach(unix.Getppid()) },
	}
}

func evil(what string) {
	_, err := confine.Enter(sandbox.Asker(os.Getpid()))
	if err == nil && what != "nothing" {
		err = evils()[what]()
	}
	fmt.Println("still there", err)
}

// TestTakenOver has an asker that was taken over do what it may not: the kernel ends it at once, each time.
func TestTakenOver(t *testing.T) {
	if _, _, e := syscall.AllThreadsSyscall(syscall.SYS_GETPID, 0, 0, 0); e != 0 {
		t.Skip("built with cgo (the race detector needs it): run without -race, or with CGO_ENABLED=0")
	}
	try := func(what string) (string, *exec.ExitError) {
		c := exec.Command("/proc/self/exe", what)
		c.Args[0], c.Env = evilName, []string{}
		out, err := c.Output()
		var ended *exec.ExitError
		errors.As(err, &ended)
		return string(out), ended
	}
	if out, ended := try("nothing"); ended != nil || out != "still there <nil>\n" {
		t.Fatalf("one that does nothing: %q, %v", out, ended)
	}
	for what := range evils() {
		out, ended := try(what)
		if ended == nil || ended.Sys().(syscall.WaitStatus).Signal() != syscall.SIGSYS || strings.Contains(out, "still there") {
			t.Errorf("%s: %q, %v, want it ended by the kernel", what, out, ended)
		}
	}
}

// TestSetterTakesNothing has something else than an asker at the other end of a real line: noise, messages cut
// short, messages with descriptors. Each is ended, and nothing is set.
func TestSetterTakesNothing(t *testing.T) {
	for name, send := range map[string]func(fd int) error{
		"noise":       func(fd int) error { return unix.Sendmsg(fd, randomly(talk.Size), nil, nil, 0) },
		"cut short":   func(fd int) error { return unix.Sendmsg(fd, make([]byte, 3), nil, nil, 0) },
		"a long one":  func(fd int) error { return unix.Sendmsg(fd, make([]byte, 4096), nil, nil, 0) },
		"descriptors": func(fd int) error { return unix.Sendmsg(fd, make([]byte, talk.Size), unix.UnixRights(0, 1, 2), nil, 0) },
		"an end":      func(fd int) error { return unix.Shutdown(fd, unix.SHUT_RDWR) },
	} {
		out, started := new(output), 0
		s := setter.Setup{Network: nothing{t}, Clock: &fake{}, Out: out, Plan: setter.Plan{Floor: time.Now().Add(-time.Hour)}}
		s.Start = func() (setter.Asker, error) {
			started++
			line, fd, err := talk.Pair()
			if err != nil {
				return nil, err
			}
			defer unix.Close(fd)
			null, _ := os.Open(os.DevNull)
			defer null.Close()
			pid, err := syscall.ForkExec("/bin/sleep", []string{"sleep", "60"}, &syscall.ProcAttr{Files: []uintptr{null.Fd(), null.Fd(), null.Fd()}})
			if err == nil {
				err = send(fd)
			}
			return setter.Listen(line, pid), err
		}
		stop, done := make(chan struct{}), make(chan struct{})
		go func() { defer close(done); setter.New(s).Run(stop) }()
		await(t, name, out, func() bool { return strings.Contains(out.String(), "Failed   asker") })
		close(stop)
		<-done
		if started == 0 {
			t.Errorf("%s: never started", name)
		}
	}
}

// nothing is a network that nobody may set.
type nothing struct{ t *testing.T }

func (nothing) List() ([]links.Link, error) {
	return []links.Link{{Index: 2, Name: "eth0", Up: true}}, nil
}
func (nothing) Watch() (<-chan struct{}, error) { return make(chan struct{}), nil }
func (n nothing) Up(int) error                  { n.t.Error("up"); return nil }
func (n nothing) Clear(int) error               { n.t.Error("clear"); return nil }
func (n nothing) Packet(int) (int, error)       { n.t.Error("packet"); return -1, nil }

func (n nothing) Set(int, lease.Lease) error { n.t.Error("set"); return nil }
