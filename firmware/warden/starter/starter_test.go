package starter

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/warden/spaces"
	"tellijn/firmware/warden/talk"
)

// TestMain plays the core and the programs when it is started as one.
func TestMain(m *testing.M) {
	switch os.Args[0] {
	case "core":
		core(os.Args[1])
	case "eye":
		os.NewFile(3, "out").WriteString("eye ")
		time.Sleep(time.Minute)
	case "courier":
		out := os.NewFile(3, "out")
		out.WriteString("courier ")
		io.ReadAll(os.Stdin) // to the end of the pipe, as the real one
		time.Sleep(100 * time.Millisecond)
		out.WriteString("stored ")
		os.Exit(0)
	case "asker", "answerer", "line-core":
		pretend(os.Args[0])
	case "stuck":
		os.NewFile(3, "out").WriteString("stuck ")
		time.Sleep(time.Minute)
	default:
		os.Exit(m.Run())
	}
}

// outFd is where the played programs write; its end shows that all of them are gone.
const outFd = LineFd + 1

// core plays a core: first what an honest one does, then what the script says.
func core(script string) {
	l := talk.At(LineFd)
	m, _, err := l.Receive()
	if err != nil || m.Kind != talk.Ready {
		os.Exit(99)
	}
	in, tell, err := os.Pipe()
	if err != nil {
		os.Exit(98)
	}
	ask := func(m talk.Message, files ...int) {
		m.Files = uint8(len(files))
		if l.Send(m, files...) != nil {
			os.Exit(97)
		}
	}
	start := func(p talk.Program, serial uint32) {
		ask(talk.Message{Kind: talk.Start, Program: p, Serial: serial}, int(in.Fd()), 0, 0, outFd)
		if m, _, err := l.Receive(); err != nil || m.Kind != talk.Started || m.Program != p || m.Serial != serial || m.Pid <= 0 {
			os.Exit(96)
		}
	}
	raw := func(b []byte) { syscall.Sendto(LineFd, b, 0, nil) }
	start(talk.Eye, 1)
	start(talk.Courier, 1)
	in.Close()
	time.Sleep(200 * time.Millisecond) // for them to begin
	switch script {
	case "code":
		os.Exit(5)
	case "killed":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "hangs up":
		l.HangUp()
	case "garbage":
		raw([]byte(strings.Repeat("garbage ", talk.Size/8)))
	case "short":
		raw([]byte("TLST"))
	case "a path":
		raw(append([]byte(strings.Repeat("x", talk.Size)), "/bin/sh\x00-c\x00true"...))
	case "unknown program":
		ask(talk.Message{Kind: talk.Start, Program: talk.Count, Serial: 2}, 0, 0, 0, outFd)
	case "itself":
		ask(talk.Message{Kind: talk.Start, Program: talk.Core, Serial: 2}, 0, 0, 0, outFd)
	case "ends itself":
		ask(talk.Message{Kind: talk.Kill, Program: talk.Core, Serial: 2})
	case "twice":
		ask(talk.Message{Kind: talk.Start, Program: talk.Eye, Serial: 2}, 0, 0, 0, outFd)
	case "few descriptors", "many descriptors":
		ask(talk.Message{Kind: talk.Kill, Program: talk.Eye, Serial: 1})
		if m, _, err := l.Receive(); err != nil || m.Kind != talk.Ended || m.Code != -1 || m.Signal != uint8(syscall.SIGKILL) {
			os.Exit(95)
		}
		files := []int{0, 0, 0}
		if script == "many descriptors" {
			files = append(files, 0, 0)
		}
		ask(talk.Message{Kind: talk.Start, Program: talk.Eye, Serial: 2}, files...)
	case "with a dialer":
		ask(talk.Message{Kind: talk.Start, Program: talk.Dialer, Serial: 2}, 0, 0, 0)
		if m, _, err := l.Receive(); err != nil || m.Kind != talk.Started {
			os.Exit(92)
		}
		os.Exit(9)
	case "no dialer":
		ask(talk.Message{Kind: talk.Start, Program: talk.Dialer, Serial: 2}, 0, 0, 0)
		if m, _, err := l.Receive(); err != nil || m.Kind != talk.Refused || m.Program != talk.Dialer || m.Errno != uint32(syscall.ENOENT) {
			os.Exit(92)
		}
		os.Exit(7)
	case "another serial":
		ask(talk.Message{Kind: talk.Kill, Program: talk.Eye, Serial: 2})
		ask(talk.Message{Kind: talk.Term, Program: talk.Courier, Serial: 7})
		got := make(chan bool)
		go func() { l.Receive(); close(got) }()
		select {
		case <-got:
			os.Exit(94) // one was ended
		case <-time.After(300 * time.Millisecond):
			os.Exit(6)
		}
	}
	time.Sleep(time.Minute)
	tell.Close()
	os.Exit(93)
}

// setup is a starter with the played programs.
func setup(t *testing.T, script string) (Setup, *os.File) {
	t.Helper()
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	s := Setup{Files: []*os.File{null, os.Stdout, os.Stderr, w}, Patience: 5 * time.Second}
	s.Programs = [talk.Count]Program{
		talk.Core:    {Name: "core", Path: me, Args: []string{script}, Env: os.Environ()},
		talk.Eye:     {Name: "eye", Path: me, Spaces: spaces.Pids, Least: 4, Most: 4, Hash: true, Dies: true},
		talk.Courier: {Name: "courier", Path: me, Least: 4, Most: 4},
	}
	return s, r
}

// TestCores has cores that are honest, mistaken or taken over. Whatever one does, in the end nothing
// runs, nothing but the two programs ever ran, and the courier stored what it had.
func TestCores(t *testing.T) {
	for _, tc := range []struct {
		script    string
		code      int
		malformed bool
		want      string // in the error
	}{
		{"code", 5, false, ""},
		{"another serial", 6, false, ""},
		{"no dialer", 7, false, ""},
		{"killed", 1, false, "signal: killed"},
		{"hangs up", 1, false, "signal: killed"},
		{"garbage", 1, true, "magic"},
		{"short", 1, true, "4 bytes"},
		{"a path", 1, true, "bytes, want 64"},
		{"unknown program", 1, true, "program 4"},
		{"itself", 1, true, "program 0"},
		{"ends itself", 1, true, "program 0"},
		{"twice", 1, true, "one at a time"},
		{"few descriptors", 1, true, "with 3 descriptors"},
		{"many descriptors", 1, true, "with 5 descriptors"},
	} {
		s, out := setup(t, tc.script)
		code, err := Run(s)
		if code != tc.code || (err != nil) != (tc.want != "") {
			t.Errorf("%s: code %d, want %d; %v", tc.script, code, tc.code, err)
		}
		if err != nil && (!errors.Is(err, ErrCore) || errors.Is(err, talk.ErrMalformed) != tc.malformed || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v, want %q", tc.script, err, tc.want)
		}
		out.SetReadDeadline(time.Now().Add(10 * time.Second))
		said, err := io.ReadAll(out)
		if err != nil {
			t.Errorf("%s: something still runs: %v", tc.script, err)
		}
		if got := string(said); got != "eye courier stored " && got != "courier eye stored " {
			t.Errorf("%s: ran %q, want eye and courier once each, and stored", tc.script, got)
		}
	}
}

// TestPatience has a courier that does not end.
func TestPatience(t *testing.T) {
	s, out := setup(t, "code")
	s.Programs[talk.Courier].Name = "stuck"
	s.Patience = 300 * time.Millisecond
	began := time.Now()
	if code, err := Run(s); code != 5 || err != nil {
		t.Fatalf("%d, %v", code, err)
	}
	if took := time.Since(began); took < s.Patience || took > 20*time.Second {
		t.Errorf("after %v", took)
	}
	if said, _ := io.ReadAll(out); !strings.Contains(string(said), "stuck") {
		t.Errorf("said %q", said)
	}
}

// TestNoCore has nothing to start.
func TestNoCore(t *testing.T) {
	s, _ := setup(t, "code")
	s.Programs[talk.Core].Path = "/no/such/core"
	if code, err := Run(s); code != 1 || !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%d, %v", code, err)
	}
}
