package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain plays the asker where the test is the setter, and whoever a test needs on the other side.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == askerArg:
		main()
		os.Exit(0)
	case os.Args[0] == evilName:
		evil(os.Args[1])
		os.Exit(0)
	case os.Args[0] == hostileName:
		hostile(os.Args[1:])
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// output is what a program said.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.b.Write(b) }
func (o *output) String() string              { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

// segment is a network of two machines: this process, which has an interface of its own, and a server.
type segment struct {
	t      *testing.T
	holder *exec.Cmd
	log    output // of the servers
}

// inside runs this test again in a network and with an /etc of its own, and gives nil outside. Everything in
// it ends with it.
func inside(t *testing.T, programs ...string) *segment {
	t.Helper()
	switch {
	case testing.Short():
		t.Skip("starts programs; not with -short")
	case os.Geteuid() != 0:
		t.Skip("needs root, to make networks")
	}
	if _, _, e := syscall.AllThreadsSyscall(syscall.SYS_GETPID, 0, 0, 0); e != 0 {
		t.Skip("built with cgo (the race detector needs it): run without -race, or with CGO_ENABLED=0")
	}
	for _, p := range append(programs, "ip", "nsenter") {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("no %s here; see .ci/packages", p)
		}
	}
	if os.Getenv("SCOUT_INSIDE") == "" {
		c := exec.Command("/proc/self/exe", "-test.v", "-test.timeout=80s", "-test.run=^"+t.Name()+"$")
		c.Env = append(os.Environ(), "SCOUT_INSIDE=1")
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL}
		out, err := c.CombinedOutput()
		switch {
		case strings.Contains(string(out), "--- SKIP"):
			t.Skipf("%s", out)
		case err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()):
			t.Fatalf("%v:\n%s", err, out)
		}
		t.Logf("%s", out)
		return nil
	}
	need(t, syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""))
	need(t, syscall.Mount("proc", "/proc", "proc", 0, ""))
	need(t, syscall.Mount("etc", "/etc", "tmpfs", 0, ""))
	need(t, os.WriteFile("/etc/passwd", []byte("root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"), 0o644))
	need(t, os.WriteFile("/etc/group", []byte("root:x:0:\nnogroup:x:65534:\n"), 0o644))
	s := &segment{t: t, holder: exec.Command("sleep", "600")}
	s.holder.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	need(t, s.holder.Start())
	t.Cleanup(func() { s.holder.Process.Kill(); s.holder.Wait() })
	run(t, "ip", "link", "set", "lo", "up")
	s.server("ip", "link", "set", "lo", "up")
	return s
}

func need(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v: %s", args, err, out)
	}
	return string(out)
}

// server runs a command on the server.
func (s *segment) server(args ...string) string {
	s.t.Helper()
	return run(s.t, append([]string{"nsenter", "-t", fmt.Sprint(s.holder.Process.Pid), "-n"}, args...)...)
}

// serve starts a program on the server.
func (s *segment) serve(name string, args ...string) *exec.Cmd {
	s.t.Helper()
	c := exec.Command("nsenter", append([]string{"-t", fmt.Sprint(s.holder.Process.Pid), "-n", name}, args...)...)
	c.Stdout, c.Stderr = &s.log, &s.log
	need(s.t, c.Start()) // it ends with the first process of its namespace, which this is
	s.t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	return c
}

// plug puts a cable between this machine and the server, where its end is called far.
func (s *segment) plug(name, far, address string) {
	s.t.Helper()
	run(s.t, "ip", "link", "add", name, "type", "veth", "peer", "name", far, "netns", fmt.Sprint(s.holder.Process.Pid))
	s.server("ip", "addr", "add", address, "dev", far)
	s.server("ip", "link", "set", far, "up")
}

// dnsmasq starts a real server of leases and names.
func (s *segment) dnsmasq(args ...string) *exec.Cmd {
	s.t.Helper()
	return s.serve("dnsmasq", append([]string{"-d", "-C", "/dev/null", "-R", "-h", "--bind-dynamic", "--user=root", "--group=root", "--no-ping", "--log-dhcp",
		"--dhcp-leasefile=" + filepath.Join(s.t.TempDir(), "leases")}, args...)...)
}

// await waits until something is so.
func await(t *testing.T, what string, o fmt.Stringer, so func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 30 s\n%s", what, o)
		}
	}
}

// ports gives the sockets of this network to which somebody could connect or send: all but connected ones.
func ports(t *testing.T) (all []string) {
	t.Helper()
	for _, name := range []string{"tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6"} {
		b, err := os.ReadFile("/proc/net/" + name)
		if err != nil {
			continue
		}
		for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
			if f := strings.Fields(line); len(f) > 3 && f[3] != "01" { // TCP_ESTABLISHED, also a connected socket of UDP
				all = append(all, name+" "+line)
			}
		}
	}
	return all
}
