package child

import (
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/warden/talk"
)

// played makes a port to a starter that the test plays.
func played(t *testing.T) (*Port, *talk.Line) {
	t.Helper()
	line, fd, err := talk.Pair()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(line.HangUp)
	if err := line.Send(talk.Message{Kind: talk.Ready, Errno: uint32(syscall.EPERM)}); err != nil {
		t.Fatal(err)
	}
	p, err := Open(fd)
	if err != nil {
		t.Fatal(err)
	}
	return p, line
}

// answers gives the starter's answer to the next start.
func answers(t *testing.T, line *talk.Line, m talk.Message) {
	go func() {
		asked, files, err := line.Receive()
		talk.Drop(files)
		if err != nil || asked.Kind != talk.Start {
			t.Errorf("asked %+v, %v", asked, err)
			return
		}
		m.Program, m.Serial = asked.Program, asked.Serial
		if err := line.Send(m); err != nil {
			t.Error(err)
		}
	}()
}

func closed(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		t.Fatalf("not closed: %s", what)
	}
}

func TestRefusals(t *testing.T) {
	p, line := played(t)
	if !errors.Is(p.Own.Why, syscall.EPERM) || p.Own.Got != 0 {
		t.Errorf("own namespaces: %+v", p.Own)
	}
	for _, tc := range []struct {
		stage talk.Stage
		errno syscall.Errno
		none  bool
		want  string
	}{
		{talk.Reading, syscall.EACCES, false, "reading the program: permission denied"},
		{talk.Spaces, syscall.ENOSPC, true, "counts people and does not without them"},
		{talk.Forking, syscall.ENOEXEC, false, "starting the program: exec format error"},
	} {
		answers(t, line, talk.Message{Kind: talk.Refused, Stage: tc.stage, Errno: uint32(tc.errno)})
		_, err := Start(p, Program{Number: talk.Eye})
		if !errors.Is(err, tc.errno) || errors.Is(err, ErrNoSpaces) != tc.none || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("stage %d: %v, want %q", tc.stage, err, tc.want)
		}
	}
}

// TestAsked is asked to end, twice, while a child runs; then the starter is gone.
func TestAsked(t *testing.T) {
	p, line := played(t)
	answers(t, line, talk.Message{Kind: talk.Started, Pid: 5})
	c, err := Start(p, Program{Number: talk.Courier})
	if err != nil || c.Pid() != 5 {
		t.Fatal(err)
	}
	select {
	case <-p.Asked():
		t.Fatal("asked before anybody asked")
	default:
	}
	// The end of another start of the same program is not the end of this one.
	line.Send(talk.Message{Kind: talk.Ended, Program: talk.Courier, Serial: 77, Code: 3})
	for range 2 {
		line.Send(talk.Message{Kind: talk.Asked})
	}
	closed(t, "asked", p.Asked())
	select {
	case <-p.Gone():
		t.Fatal("gone, although only asked")
	case <-c.Done():
		t.Fatal("ended, although only asked")
	default:
	}
	time.Sleep(20 * time.Millisecond)
	select {
	case <-c.Done():
		t.Fatal("ended by the end of another")
	default:
	}
	line.HangUp()
	closed(t, "gone", p.Gone())
	closed(t, "the child's end", c.Done())
	if c.Code() != -1 || !strings.Contains(c.How(), "nobody knows") {
		t.Errorf("code %d, %s", c.Code(), c.How())
	}
	if _, err := Start(p, Program{Number: talk.Eye}); err == nil {
		t.Error("started without a starter")
	}
}

// TestStarterLies has a starter that says what cannot be: the core takes it for gone.
func TestStarterLies(t *testing.T) {
	p, line := played(t)
	line.Send(talk.Message{Kind: talk.Ended, Program: talk.Eye, Serial: 9}) // of one that nobody started
	line.Send(talk.Message{Kind: talk.Start, Program: talk.Eye, Serial: 9}) // not for this half
	closed(t, "asked", p.Asked())
	closed(t, "gone", p.Gone())
}
