package serial

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/hal"
	"tellijn/tools/rig/real/realtest"
)

// buffer is one that two may use.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }
func (b *buffer) String() string              { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

// TestPort listens to a board over a pseudo-terminal, which would change line ends, echo and wait for whole lines if it
// were not made raw.
func TestPort(t *testing.T) {
	path, board := realtest.Port(t)
	port, err := Open(path, 115200)
	if err != nil {
		t.Fatal(err)
	}
	var log buffer
	c := Listen(port, &log, nil)
	say := func(s string) {
		t.Helper()
		if _, err := io.WriteString(board, s); err != nil {
			t.Fatal(err)
		}
	}
	await := func(mark int, pattern, want string) {
		t.Helper()
		if got, err := c.Await(t.Context(), mark, pattern, 5*time.Second); err != nil || got != want {
			t.Fatalf("%q, %v, want %q", got, err, want)
		}
	}
	say("[    0.000000] Booting Linux\r\n\x03\x04^half ")
	await(0, "Booting", "[    0.000000] Booting Linux")
	say("a líne\n")
	await(1, "half", "..^half a líne") // control characters are no commands
	mark := c.Mark()
	if mark != 2 || len(c.Lines(0)) != 2 || len(c.Lines(1)) != 1 || len(c.Lines(9)) != 0 || len(c.Lines(-1)) != 2 {
		t.Errorf("%d lines: %q", mark, c.Lines(0))
	}
	say("[    1.2345") // and its power goes
	for end := time.Now().Add(5 * time.Second); c.Mark() == mark; c.Cut(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no line")
		}
		time.Sleep(time.Millisecond)
	}
	say("\x00\x00[    0.000000] Booting Linux again\r\n")
	await(mark, "^.*again$", "[    0.000000] Booting Linux again")
	if err := port.Close(); err != nil {
		t.Fatal(err)
	}
	<-c.Done()
	if _, err := c.Await(t.Context(), c.Mark(), "more", time.Minute); err == nil || !strings.Contains(err.Error(), "the port ended") {
		t.Error(err)
	}
	if !strings.Contains(log.String(), " [    0.000000] Booting Linux again\n") {
		t.Errorf("%q", log.String())
	}
}

func TestAwait(t *testing.T) {
	r, w := io.Pipe()
	c := Listen(r, nil, nil)
	await := func(ctx context.Context, pattern, says string) {
		t.Helper()
		if _, err := c.Await(ctx, 0, pattern, 20*time.Millisecond); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	await(t.Context(), "x", "nothing else either")
	await(t.Context(), "(", "missing closing")
	ended, stop := context.WithCancel(t.Context())
	stop()
	if _, err := c.Await(ended, 0, "x", time.Minute); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	io.WriteString(w, "\xf0\x80\x81\x82\x83\n\xff\xfe\xfd\xfc\n")
	await(t.Context(), "x", "a wrong baud")
	io.WriteString(w, strings.Repeat("a", most+1)+"\n")
	if _, err := c.Await(t.Context(), 0, "^a$", 5*time.Second); err != nil {
		t.Error("a line without an end: ", err)
	}
	io.WriteString(w, "no end")
	w.Close()
	<-c.Done()
	if got := c.Lines(c.Mark() - 1); len(got) != 1 || got[0] != "no end" {
		t.Errorf("the last thing that it said: %q", got)
	}
}

func TestNoPort(t *testing.T) {
	if _, err := Open("/dev/tty-of-nobody", 115200); !errors.Is(err, hal.ErrAbsent) {
		t.Error(err)
	}
	if _, err := Open("/dev/null", 115200); err == nil {
		t.Error("it is no port")
	}
	if _, err := Open("/dev/null", 12345); err == nil || !strings.Contains(err.Error(), "baud 12345") {
		t.Error(err)
	}
}
