package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/scout/links"
	"tellijn/firmware/scout/resolv"
	"tellijn/firmware/scout/setter"
	"tellijn/hal/clock/adjust"
)

// fake is a clock that is not that of the machine, but goes like it.
type fake struct {
	mu     sync.Mutex
	off    time.Duration
	synced bool
	moves  int
}

func (f *fake) Now() time.Time      { f.mu.Lock(); defer f.mu.Unlock(); return time.Now().Add(f.off) }
func (f *fake) Boot() time.Duration { return adjust.Clock{}.Boot() }
func (f *fake) Step(d time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.off += d
	f.moves++
	return nil
}
func (f *fake) Slew(d time.Duration) error { return nil }
func (f *fake) Believe(time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.synced = true
	return nil
}
func (f *fake) Believed() bool { f.mu.Lock(); defer f.mu.Unlock(); return f.synced }
func (f *fake) Doubt() error   { f.mu.Lock(); defer f.mu.Unlock(); f.synced = false; return nil }
func (f *fake) state() (time.Duration, bool, int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.off, f.synced, f.moves
}

// sets runs a setter in this process, with a real asker and a fake clock that is 20 days behind.
func (s *segment) sets(servers ...string) (*fake, *output) {
	f, out := &fake{off: -20 * 24 * time.Hour}, new(output)
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	need(s.t, err)
	p := setter.Plan{Servers: servers, Floor: time.Now().Add(-30 * 24 * time.Hour)}
	set := setter.Setup{Plan: p, Network: links.Kernel{}, Clock: f, Out: out,
		Names: func(all []netip.Addr) error { return resolv.Write("/etc", all) },
		Start: func() (setter.Asker, error) {
			return start(servers, null, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}})
		}}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer close(done)
		setter.New(set).Run(stop)
	}()
	s.t.Cleanup(func() { close(stop); <-done })
	return f, out
}

// chrony starts a real time server that tells the machine's time and sets nothing.
func (s *segment) chrony() {
	s.t.Helper()
	dir := s.t.TempDir()
	conf := filepath.Join(dir, "conf")
	need(s.t, os.WriteFile(conf, []byte("local stratum 3\nallow all\nbindaddress 10.9.0.1\ncmdport 0\nbindcmdaddress /\npidfile "+dir+"/pid\n"), 0o644))
	s.serve("chronyd", "-d", "-x", "-u", "root", "-f", conf)
}

func TestTime(t *testing.T) {
	s := inside(t, "dnsmasq", "chronyd")
	if s == nil {
		return
	}
	s.plug("eth7", "far", "10.9.0.1/24")
	s.chrony()
	s.dnsmasq("--dhcp-range=10.9.0.50,10.9.0.60,2m", "--dhcp-option=option:ntp-server,10.9.0.1", "--address=/ntp.example/10.9.0.1", "--no-hosts")
	for _, servers := range [][]string{nil, {"ntp.example:123"}, {"nobody.example:123", "10.9.0.1:123"}} {
		t.Run(fmt.Sprint(servers), func(t *testing.T) {
			s.t = t
			f, out := s.sets(servers...)
			await(t, "a time", out, func() bool { _, synced, _ := f.state(); return synced })
			if off, _, moves := f.state(); off.Abs() > time.Second || moves != 1 {
				t.Errorf("off by %v after %d steps", off, moves)
			}
			if open := ports(t); len(open) > 0 {
				t.Errorf("ports: %q", open)
			}
			if !strings.Contains(out.String(), "time: set by +17280") {
				t.Errorf("%s", out)
			}
			t.Logf("%s", out)
		})
	}
}
