package starter

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/dialer/line"
	"tellijn/firmware/warden/talk"
)

// pretend plays courier, dialer and a core between them. A request is one byte, and an answer two.
func pretend(who string) {
	switch who {
	case "asker": // asks until nobody needs it, and says what it hears
		out, ask := os.NewFile(3, "out"), os.NewFile(line.CourierFd, "line")
		go func() { io.ReadAll(os.Stdin); os.Exit(0) }()
		for b := make([]byte, 16); ; {
			if _, err := ask.Write([]byte("?")); err != nil {
				os.Exit(90)
			}
			n, err := ask.Read(b)
			if err != nil {
				os.Exit(91)
			}
			out.Write(b[:n])
		}
	case "answerer": // answers once, then ends
		answer := os.NewFile(line.DialerFd, "line")
		b := make([]byte, 16)
		if n, err := answer.Read(b); err != nil || string(b[:n]) != "?" {
			os.Exit(92)
		}
		answer.Write([]byte("a "))
		time.Sleep(50 * time.Millisecond)
		os.Exit(5)
	case "line-core":
		os.Exit(between())
	}
}

// between is a core that starts both, and the dialer and then the courier again when it has ended.
func between() int {
	l := talk.At(LineFd)
	if m, _, err := l.Receive(); err != nil || m.Kind != talk.Ready {
		return 99
	}
	for fd := outFd + 1; fd < 64; fd++ {
		var st syscall.Stat_t
		if syscall.Fstat(fd, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFSOCK {
			return 98 // an end of the line
		}
	}
	in, tell, err := os.Pipe()
	if err != nil {
		return 97
	}
	defer tell.Close()
	serial := uint32(0)
	start := func(p talk.Program, files ...int) bool {
		serial++
		err := l.Send(talk.Message{Kind: talk.Start, Program: p, Serial: serial, Files: uint8(len(files))}, files...)
		m, _, got := l.Receive()
		return err == nil && got == nil && m.Kind == talk.Started && m.Serial == serial
	}
	if !start(talk.Courier, int(in.Fd()), 0, 0, outFd) {
		return 96
	}
	courier := serial
	for n := range 4 {
		if !start(talk.Dialer, 0, 0, 0) {
			return 95
		}
		if m, _, err := l.Receive(); err != nil || m.Kind != talk.Ended || m.Program != talk.Dialer || m.Code != 5 {
			return 94
		}
		if n != 1 {
			continue
		}
		l.Send(talk.Message{Kind: talk.Kill, Program: talk.Courier, Serial: courier})
		if m, _, err := l.Receive(); err != nil || m.Kind != talk.Ended || m.Program != talk.Courier || m.Signal != uint8(syscall.SIGKILL) {
			return 93
		}
		if !start(talk.Courier, int(in.Fd()), 0, 0, outFd) {
			return 92
		}
	}
	return 8
}

// TestLine has courier and dialer end and come again: either finds the other by the same socket, which
// the core never has, and nothing stays open or running.
func TestLine(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a socket that keeps messages apart, which Linux has")
	}
	before := open(t)
	s, out := setup(t, "")
	s.Programs[talk.Core].Name = "line-core"
	s.Programs[talk.Courier].Name = "asker"
	s.Programs[talk.Dialer] = Program{Name: "answerer", Path: s.Programs[talk.Core].Path, Args: []string{"-address"}, Least: 3, Most: 3, Dies: true}
	if code, err := Run(s); code != 8 || err != nil {
		t.Fatalf("code %d, %v", code, err)
	}
	out.SetReadDeadline(time.Now().Add(10 * time.Second))
	said, err := io.ReadAll(out)
	if got := strings.Count(string(said), "a "); err != nil || got < 3 || got > 4 { // one may go with the courier
		t.Errorf("heard %q, %v", said, err)
	}
	out.Close()
	if after := open(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// TestLineAfterTheCore has a dialer that would run for ever: it ends with the core.
func TestLineAfterTheCore(t *testing.T) {
	s, out := setup(t, "with a dialer")
	s.Programs[talk.Dialer] = Program{Name: "stuck", Path: s.Programs[talk.Core].Path, Least: 3, Most: 3, Dies: true}
	began := time.Now()
	if code, err := Run(s); code != 9 || err != nil {
		t.Fatalf("code %d, %v", code, err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("after %v", took)
	}
	out.SetReadDeadline(time.Now().Add(10 * time.Second))
	if said, err := io.ReadAll(out); err != nil || !strings.Contains(string(said), "stored") {
		t.Errorf("%q, %v", said, err)
	}
}

// The places of the descriptors are fixed.
func TestWrongPlaces(t *testing.T) {
	for _, p := range []talk.Program{talk.Courier, talk.Dialer} {
		s, _ := setup(t, "code")
		s.Programs[talk.Dialer] = Program{Name: "stuck", Path: s.Programs[talk.Core].Path, Least: 3, Most: 3}
		s.Programs[p].Most++
		if code, err := Run(s); code != 1 || err == nil || !strings.Contains(err.Error(), fmt.Sprintf("with %d to", s.Programs[p].Least)) {
			t.Errorf("%d, %v", code, err)
		}
	}
}

// open counts the descriptors of this process.
func open(t *testing.T) int {
	t.Helper()
	all, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
