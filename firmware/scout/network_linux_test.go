package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/privacy/sandbox"
)

// build builds the scout as for a board.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scout")
	c := exec.Command("go", "build", "-o", path, ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// start starts the real program, which cannot set the clock of the machine: that right is taken from it.
func (s *segment) start(path string, args ...string) (*exec.Cmd, *output) {
	s.t.Helper()
	runtime.LockOSThread() // never let go: what this thread starts has no such right
	if _, _, e := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_CAPBSET_DROP, uintptr(sandbox.SetTime), 0); e != 0 {
		s.t.Skip("cannot take the right to set the clock away: ", e)
	}
	out := new(output)
	c := exec.Command(path, args...)
	c.Stdout, c.Stderr, c.Env = out, out, []string{}
	need(s.t, c.Start())
	s.t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	return c, out
}

// children are those of a process.
func children(pid int) (all []string) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, path := range tasks {
		b, _ := os.ReadFile(path)
		all = append(all, strings.Fields(string(b))...)
	}
	return all
}

func TestNetwork(t *testing.T) {
	s := inside(t, "dnsmasq", "go")
	if s == nil {
		return
	}
	path := build(t)
	s.plug("eth7", "far", "10.9.0.1/24")
	s.dnsmasq("--port=0", "--dhcp-option=option:dns-server,0.0.0.0", "--dhcp-range=10.9.0.50,10.9.0.60,2m", "--dhcp-range=10.8.0.50,10.8.0.60,2m")
	c, out := s.start(path, "-floor", "1700000000")
	has := func(address string) func() bool {
		return func() bool {
			b, _ := exec.Command("ip", "-4", "-o", "addr").Output()
			return strings.Contains(string(b), address)
		}
	}
	await(t, "an address", out, has("inet 10.9.0."))
	if got := run(t, "ip", "route"); !strings.Contains(got, "default via 10.9.0.1 dev eth7") {
		t.Errorf("ways:\n%s", got)
	}
	await(t, "name servers", out, func() bool { b, _ := os.ReadFile("/etc/resolv.conf"); return string(b) == "nameserver 10.9.0.1\n" })
	if open := ports(t); len(open) > 0 {
		t.Errorf("ports: %q", open)
	}
	if b, _ := os.ReadFile("/proc/net/packet"); strings.Count(string(b), "\n") != 2 {
		t.Errorf("packet sockets:\n%s", b)
	}
	kids := children(c.Process.Pid)
	if len(kids) != 1 {
		t.Fatalf("children %v", kids)
	}
	for pid, want := range map[string][]string{
		fmt.Sprint(c.Process.Pid): {"Seccomp:\t2", "NoNewPrivs:\t1", "CapEff:\t00000000000030e0", "CapBnd:\t00000000000030e0"},
		kids[0]:                   {"Seccomp:\t2", "NoNewPrivs:\t1", "CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "Uid:\t65534\t65534", "Groups:\t \n"},
	} {
		status, _ := os.ReadFile("/proc/" + pid + "/status")
		for _, w := range want {
			if !strings.Contains(string(status), w) {
				t.Errorf("no %q in\n%s", w, status)
			}
		}
	}

	// The cable is out for a moment and back: it asks again, and is given the same.
	asked := strings.Count(s.log.String(), "DHCPACK(far)")
	s.server("ip", "link", "set", "far", "down")
	time.Sleep(2 * time.Second)
	if !has("inet 10.9.0.")() {
		t.Error("no address while the cable is out for a moment")
	}
	s.server("ip", "link", "set", "far", "up")
	await(t, "asks again", out, func() bool { return strings.Count(s.log.String(), "DHCPACK(far)") > asked })

	// The adapter is pulled, and another one comes, in another network.
	run(t, "ip", "link", "del", "eth7")
	await(t, "sees it", out, func() bool { return strings.Contains(out.String(), "no interface is there yet") })
	if b, _ := os.ReadFile("/etc/resolv.conf"); len(b) != 0 {
		t.Errorf("name servers of a network that is gone: %s", b)
	}
	s.plug("usb0", "other", "10.8.0.1/24")
	await(t, "another address", out, has("inet 10.8.0."))

	// The asker is ended: another one comes, and the address stays.
	kids = children(c.Process.Pid)
	run(t, "kill", "-KILL", kids[0])
	await(t, "another asker", out, func() bool { k := children(c.Process.Pid); return len(k) == 1 && k[0] != kids[0] })
	if !has("inet 10.8.0.")() {
		t.Error("the address went with the asker")
	}
	need(t, c.Process.Signal(syscall.SIGTERM))
	if err := c.Wait(); err != nil {
		t.Errorf("asked to end: %v", err)
	}
	t.Logf("%s", out)
}

func TestStatic(t *testing.T) {
	s := inside(t, "go")
	if s == nil {
		return
	}
	path := build(t)
	s.plug("eth7", "far", "10.9.0.1/24")
	_, out := s.start(path, "-network", "static", "-interface", "eth7", "-address", "10.9.0.7/24", "-gateway", "10.9.0.1", "-names", "10.9.0.1,10.9.0.2")
	await(t, "an answer", out, func() bool {
		return exec.Command("nsenter", "-t", fmt.Sprint(s.holder.Process.Pid), "-n", "ping", "-c1", "-W1", "10.9.0.7").Run() == nil || strings.Contains(run(t, "ip", "-4", "-o", "addr"), "10.9.0.7/24")
	})
	await(t, "a list", out, func() bool {
		b, _ := os.ReadFile("/etc/resolv.conf")
		return string(b) == "nameserver 10.9.0.1\nnameserver 10.9.0.2\n"
	})
	if got := run(t, "ip", "-4", "-o", "addr", "show", "eth7"); !strings.Contains(got, "10.9.0.7/24") || !strings.Contains(got, "valid_lft forever") {
		t.Errorf("%s", got)
	}
	if got := run(t, "ip", "route"); !strings.Contains(got, "default via 10.9.0.1 dev eth7") {
		t.Errorf("ways:\n%s", got)
	}
}
