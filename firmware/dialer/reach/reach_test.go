package reach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/dialer/line"
)

func TestParse(t *testing.T) {
	for address, want := range map[string]Target{
		"collector.example:8443": {"collector.example:8443", 8443, true}, "192.0.2.1:1": {"192.0.2.1:1", 1, false},
		"[2001:db8::1]:65535": {"[2001:db8::1]:65535", 65535, false}, "[fe80::1%eth0]:443": {"[fe80::1%eth0]:443", 443, false},
	} {
		if got, err := Parse(address); err != nil || got != want {
			t.Errorf("%q: %+v, %v", address, got, err)
		}
	}
	for address, want := range map[string]string{
		"": "host:port", "collector": "host:port", "2001:db8::1:443": "host:port", ":443": "0 letters", strings.Repeat("a", 254) + ":1": "254 letters",
		"a:0": "1 to 65535", "a:65536": "1 to 65535", "a:https": "digits", "a:": "digits", "a:-1": "digits",
	} {
		if _, err := Parse(address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", address, err, want)
		}
	}
}

func TestStatus(t *testing.T) {
	wrap := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	call := func(e syscall.Errno) error { return wrap(os.NewSyscallError("connect", e)) }
	for _, c := range []struct {
		err  error
		want line.Status
	}{
		{wrap(&net.DNSError{IsNotFound: true}), line.NoName}, {wrap(&net.DNSError{IsTimeout: true}), line.NoName},
		{call(syscall.ECONNREFUSED), line.Refused}, {call(syscall.ETIMEDOUT), line.TimedOut}, {wrap(os.ErrDeadlineExceeded), line.TimedOut},
		{wrap(context.DeadlineExceeded), line.TimedOut}, {call(syscall.ENETUNREACH), line.Unreachable}, {call(syscall.EACCES), line.Unreachable},
		{errors.New("x"), line.Unreachable},
	} {
		if got := status(c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}

// TestConnect has somebody there, nobody, somebody who does not answer, and a name that there is not.
func TestConnect(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "[::1]", "localhost"} {
		t.Run(host, func(t *testing.T) {
			l, err := net.Listen("tcp", host+":0")
			if err != nil {
				t.Skipf("not on this machine: %v", err)
			}
			_, port, _ := net.SplitHostPort(l.Addr().String())
			target, err := Parse(host + ":" + port)
			if err != nil {
				t.Fatal(err)
			}
			c, s := target.Connect()
			if s != line.Connected {
				t.Fatal(s)
			}
			theirs, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
			if n, err := theirs.Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("%d bytes were sent on it: %v", n, err)
			}
			l.Close()
			if c, s := target.Connect(); s != line.Refused || c != nil {
				t.Errorf("%v, want refused", s)
			}
		})
	}
	// A name that never is one. (RFC 6761, 6.4)
	began := time.Now()
	target, _ := Parse("collector.invalid:443")
	if c, s := target.Connect(); s != line.NoName || c != nil || !target.Named {
		t.Errorf("%v, want no name", s)
	}
	if took := time.Since(began); took > Patience+5*time.Second {
		t.Errorf("after %v", took)
	}
}

// TestSlow has somebody whose queue is full, so that no answer comes.
func TestSlow(t *testing.T) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Skip(err)
	}
	defer syscall.Close(fd)
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0)); err != nil {
		t.Skip(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	target, _ := Parse(fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port))
	last := line.Connected
	for range 8 { // until it is full
		c, s := target.within(200 * time.Millisecond)
		if last = s; s != line.Connected {
			break
		}
		defer c.Close()
	}
	if last == line.Connected {
		t.Skip("this system does not keep anybody waiting")
	}
	if last != line.TimedOut {
		t.Errorf("%v, want timed out", last)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	put := func(path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(a)
	look := func() *Files {
		f := &Files{paths: []string{a, b}}
		f.infos = f.look()
		return f
	}
	f := look()
	if !f.Fresh() || !slices.Equal(f.There(), []string{a}) {
		t.Errorf("%v, %v", f.Fresh(), f.There())
	}
	if put(a); !f.Fresh() {
		t.Error("what was written into a file made it another")
	}
	if put(b); f.Fresh() {
		t.Error("a file that came was not seen")
	}
	f = look()
	if !f.Fresh() || len(f.There()) != 2 {
		t.Error(f.There())
	}
	put(filepath.Join(dir, "new"))
	if err := os.Rename(filepath.Join(dir, "new"), a); err != nil || f.Fresh() {
		t.Errorf("another file in its place was not seen: %v", err)
	}
	f = look()
	if err := os.Remove(b); err != nil || f.Fresh() {
		t.Errorf("a file that went was not seen: %v", err)
	}
	plain, _ := Parse("192.0.2.1:1")
	if f := plain.Look(); len(f.There()) != 0 || !f.Fresh() {
		t.Errorf("files for an address that is no name: %v", f.There())
	}
}

// A quiet connection is asked every five minutes, not every 15 seconds as Go does by itself.
func TestAlive(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	target, err := Parse(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, status := target.Connect()
	if status != line.Connected {
		t.Fatal(status)
	}
	defer c.Close()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var idle int
	if failed := raw.Control(func(fd uintptr) { idle, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, 4) }); failed != nil || err != nil {
		t.Skip("this system does not tell TCP_KEEPIDLE:", failed, err)
	}
	if idle != 300 {
		t.Errorf("asked after %d s, want 300", idle)
	}
}
