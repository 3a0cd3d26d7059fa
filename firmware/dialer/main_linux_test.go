package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/dialer/ask"
	"tellijn/firmware/dialer/line"
)

// inside is the name of this test program where it stands between a test and a dialer with an /etc of
// its own.
const inside = "inside"

func TestMain(m *testing.M) {
	if os.Args[0] == played {
		if err := play(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(8)
		}
		os.Exit(0)
	}
	if os.Args[0] == inside {
		err := errors.Join(syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""), syscall.Mount("etc", "/etc", "tmpfs", 0, ""))
		if err == nil {
			err = os.WriteFile("/etc/hosts", []byte("::1 both.example\n127.0.0.1 both.example one.example\n"), 0o644)
		}
		if err == nil {
			err = syscall.Exec(os.Args[1], os.Args[1:], []string{})
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(9)
	}
	os.Exit(m.Run())
}

// build builds the dialer as for a board.
func build(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and starts a program; not with -short")
	}
	path := filepath.Join(t.TempDir(), "dialer")
	c := exec.Command("go", "build", "-o", path, ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// pair is what the starter keeps: both ends.
func pair(t *testing.T) (courier, dialer *os.File) {
	t.Helper()
	a, b, err := line.Pair()
	if err != nil {
		t.Fatal(err)
	}
	courier, dialer = os.NewFile(uintptr(a), "courier"), os.NewFile(uintptr(b), "dialer")
	t.Cleanup(func() { courier.Close(); dialer.Close() })
	return courier, dialer
}

// start starts a dialer.
func start(t *testing.T, end *os.File, change func(*exec.Cmd), path, address string) (*exec.Cmd, *strings.Builder) {
	t.Helper()
	var words strings.Builder
	c := exec.Command(path, "-address", address)
	c.Stderr, c.Env = &words, []string{}
	c.ExtraFiles = []*os.File{duplicate(t, end)}
	if change != nil {
		change(c)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	return c, &words
}

// duplicate gives a copy of an end for a program. A program that is started with a file is given one that
// waits, and with it everybody who has it; so the copy is made of no file that Go knows to be otherwise.
func duplicate(t *testing.T, end *os.File) (f *os.File) {
	t.Helper()
	raw, err := end.SyscallConn() // Fd would make it wait
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		syscall.SetNonblock(int(fd), false)
		n, _, e := syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_DUPFD_CLOEXEC, 0)
		if e != 0 {
			t.Fatal(e)
		}
		f = os.NewFile(n, "copy")
		syscall.SetNonblock(int(fd), true)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// listening is a server that says hello, and its port.
func listening(t *testing.T, address string) (string, net.Listener) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skipf("not on this machine: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "hello")
			c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port, l
}

// hears dials until somebody says hello, or gives the status.
func hears(t *testing.T, l *ask.Line) line.Status {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	c, err := l.Dial(ctx)
	var e *ask.Error
	if errors.As(err, &e) {
		return e.Status
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b, err := io.ReadAll(c); string(b) != "hello" {
		t.Errorf("%q, %v", b, err)
	}
	return line.Connected
}

// TestDialer has the real program, confined as on a board, and either side end and come again.
func TestDialer(t *testing.T) {
	path := build(t)
	port, server := listening(t, "127.0.0.1:0")
	for _, host := range []string{"127.0.0.1", "localhost"} {
		courier, dialer := pair(t)
		l := ask.New(courier)
		c, words := start(t, dialer, nil, path, host+":"+port)
		for range 2 {
			if s := hears(t, l); s != line.Connected {
				t.Fatalf("%s: %v; %s", host, s, words)
			}
		}
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
		for _, want := range []string{"Seccomp:\t2", "NoNewPrivs:\t1", "CapEff:\t0000000000000000"} {
			if !strings.Contains(string(status), want) {
				t.Errorf("%s: no %q in its status", host, want)
			}
		}
		l = ask.New(courier) // another courier on the same line
		if s := hears(t, l); s != line.Connected {
			t.Errorf("%s: %v", host, s)
		}
		c.Process.Kill()
		c.Wait()
		start(t, dialer, nil, path, host+":"+port)
		if s := hears(t, l); s != line.Connected {
			t.Errorf("%s: %v after it was started again", host, s)
		}
	}
	server.Close()
	courier, dialer := pair(t)
	start(t, dialer, nil, path, "127.0.0.1:"+port)
	if s := hears(t, ask.New(courier)); s != line.Refused {
		t.Errorf("nobody there: %v", s)
	}
	courier, dialer = pair(t)
	start(t, dialer, nil, path, "collector.invalid:"+port)
	if s := hears(t, ask.New(courier)); s != line.NoName {
		t.Errorf("no such name: %v", s)
	}
}

// TestNames has a host with an address of each version, of which one answers, and files of the resolver
// that are others all of a sudden.
func TestNames(t *testing.T) {
	path := build(t)
	if os.Getuid() != 0 {
		t.Skip("needs root, for an /etc of its own")
	}
	port, _ := listening(t, "127.0.0.1:0")
	courier, dialer := pair(t)
	l := ask.New(courier)
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c, words := start(t, dialer, func(c *exec.Cmd) {
		c.Args, c.Path = append([]string{inside, path}, c.Args[1:]...), me
		c.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	}, path, "both.example:"+port)
	if s := hears(t, l); s != line.Connected {
		t.Fatalf("%v; %s", s, words)
	}
	etc := fmt.Sprintf("/proc/%d/root/etc/", c.Process.Pid)
	if err := errors.Join(os.WriteFile(etc+"new", []byte("127.0.0.1 both.example\n"), 0o644), os.Rename(etc+"new", etc+"hosts")); err != nil {
		t.Fatal(err)
	}
	if s := hears(t, l); s != line.NoName {
		t.Errorf("with files that it was not let to open: %v", s)
	}
	if err := c.Wait(); err == nil || !strings.Contains(words.String(), "files of the resolver are others") {
		t.Errorf("%v, %q", err, words)
	}
}

// TestArguments has those with which nobody can be reached.
func TestArguments(t *testing.T) {
	path := build(t)
	for _, c := range []struct{ args, want string }{
		{"", `address ""`}, {"-address=collector", "host:port"}, {"-address=collector:0", "1 to 65535"}, {"-address=collector:1 more", "no flags"},
	} {
		out, err := exec.Command(path, strings.Fields(c.args)...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v, %s", c.args, err, out)
		}
	}
	out, err := exec.Command(path, "-manifest").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "connects: to TCP port 443 only") || !strings.Contains(string(out), "connect ") {
		t.Errorf("%v, %s", err, out)
	}
}
