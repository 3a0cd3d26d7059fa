package child

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/warden/spaces"
	"tellijn/firmware/warden/starter"
	"tellijn/firmware/warden/talk"
)

// port is the way to the starter of this test.
var port *Port

// TestMain is three processes: started by the go command it is a starter, the tests run in the core
// that it starts, and what they start plays the child.
func TestMain(m *testing.M) {
	switch os.Args[0] {
	case "child":
		play()
	case "test-core":
		flag.Parse()
		var err error
		if port, err = Open(starter.LineFd); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
	me, err := os.Executable()
	if err != nil {
		panic(err)
	}
	var s starter.Setup
	s.Files = []*os.File{os.Stdin, os.Stdout, os.Stderr}
	s.Programs[talk.Core] = starter.Program{Name: "test-core", Path: me, Args: os.Args[1:], Env: os.Environ()}
	s.Programs[talk.Eye] = starter.Program{Name: "child", Path: me, Args: []string{"fixed"}, Env: []string{"ONE=1"},
		Spaces: spaces.Pids, Least: 3, Most: 5, Hash: true}
	s.Programs[talk.Courier] = starter.Program{Name: "courier", Path: "/no/such/program", Least: 3, Most: 4}
	code, err := starter.Run(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// play is the child. What it does is told on descriptor 0.
func play() {
	b, _ := io.ReadAll(os.Stdin)
	switch what, rest, _ := strings.Cut(string(b), " "); what {
	case "echo":
		fmt.Fprintf(os.NewFile(3, "out"), "%s %q %q", rest, os.Args[1:], os.Environ())
		os.Exit(7)
	case "descriptors":
		// Those of the go runtime are closed for programs that it starts, this one is not yet gone.
		open := ""
		for fd := uintptr(0); fd < 64; fd++ {
			if flags, _, e := syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_GETFD, 0); e == 0 && flags&syscall.FD_CLOEXEC == 0 {
				open += fmt.Sprint(fd, " ")
			}
		}
		fmt.Fprint(os.NewFile(3, "out"), open)
	case "talk":
		for n := range 100 {
			fmt.Fprintf(os.Stderr, "\x1b[2Jline %d %s\n", n, strings.Repeat("x", 9000))
		}
	case "sleep":
		time.Sleep(time.Minute)
	}
	os.Exit(0)
}

// run starts the child with a script, and more descriptors from 3 on.
func run(t *testing.T, script string, say func(string), files ...*os.File) *Child {
	t.Helper()
	tell, in, err := Pipe(true)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	io.WriteString(tell, script)
	tell.Close()
	c, err := Start(port, Program{Number: talk.Eye, Files: append([]*os.File{in, nil}, files...), Say: say})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wait(t *testing.T, c *Child) {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(20 * time.Second):
		c.Kill()
		t.Fatal("the child does not end")
	}
}

// said runs a script and gives what it wrote to descriptor 3.
func said(t *testing.T, script string) (string, *Child) {
	t.Helper()
	hear, out, err := Pipe(false)
	if err != nil {
		t.Fatal(err)
	}
	defer hear.Close()
	c := run(t, script, nil, out)
	out.Close()
	b, err := io.ReadAll(hear)
	if err != nil {
		t.Fatal(err)
	}
	wait(t, c)
	return string(b), c
}

func TestDescriptors(t *testing.T) {
	b, c := said(t, "echo hello")
	if b != `hello ["fixed"] ["ONE=1"]` || c.Code() != 7 || c.How() != "exit status 7" || c.Signal() != 0 {
		t.Fatalf("%q, code %d (%s), want 7", b, c.Code(), c.How())
	}
	if c.Pid() <= 0 || c.Sum() == [32]byte{} {
		t.Errorf("process %d, hash %x", c.Pid(), c.Sum())
	}
}

// TestNothingInherited looks at what is open in a child beside what it was given.
func TestNothingInherited(t *testing.T) {
	stray, _, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stray.Close()
	if b, _ := said(t, "descriptors"); b != "0 1 2 3 " {
		t.Fatalf("open: %s, want 0 1 2 3", b)
	}
}

func TestWordsAreBounded(t *testing.T) {
	var mu sync.Mutex
	var lines []string
	c := run(t, "talk", func(s string) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, s)
	})
	wait(t, c)
	mu.Lock()
	defer mu.Unlock()
	if len(lines) != maxLines || !strings.HasPrefix(lines[39], "[2Jline 39 x") || len(lines[0]) > maxLine {
		t.Fatalf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestKill(t *testing.T) {
	for range 3 { // what is asked of one never falls on the next
		c := run(t, "sleep", nil)
		c.Kill()
		c.Kill()
		wait(t, c)
		c.Kill()
		if c.Code() != -1 || c.Signal() != syscall.SIGKILL || c.How() != "signal: killed" {
			t.Fatalf("code %d (%s), want a signal", c.Code(), c.How())
		}
	}
	if _, c := said(t, "echo x"); c.Code() != 7 {
		t.Fatalf("code %d (%s), want 7", c.Code(), c.How())
	}
}

func TestStop(t *testing.T) {
	c := run(t, "sleep", nil)
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		c.Stop() // one that has just begun does not listen yet
		select {
		case <-c.Done():
			end = time.Now()
		case <-time.After(20 * time.Millisecond):
		}
	}
	wait(t, c)
	// The first process of a namespace is not ended by the signal; the go runtime then exits with 2.
	if c.Signal() != syscall.SIGTERM && c.Code() != 2 {
		t.Fatalf("code %d (%s), want a signal", c.Code(), c.How())
	}
}

func TestNoProgram(t *testing.T) {
	for range 2 {
		_, err := Start(port, Program{Number: talk.Courier})
		if err == nil || !errors.Is(err, syscall.ENOENT) || !strings.Contains(err.Error(), "no such file") {
			t.Fatalf("started nothing: %v", err)
		}
	}
}

// TestSpaces sees that what a child got is known.
func TestSpaces(t *testing.T) {
	_, c := said(t, "echo x")
	if s := c.Spaces(); (s.Got&spaces.Pids != 0) == (s.Why != nil) {
		t.Fatalf("%+v", s)
	}
	if port.Own.Got != 0 || port.Own.Why != nil {
		t.Fatalf("the core asked for none and has %+v", port.Own)
	}
}

func TestNoStarter(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := Open(int(f.Fd())); err == nil || !strings.Contains(err.Error(), "no starter on descriptor") {
		t.Fatal(err)
	}
}
