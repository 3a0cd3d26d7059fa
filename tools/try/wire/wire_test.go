package wire

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// echo answers every line with itself.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return l.Addr().String()
}

func lay(t *testing.T, to string) *Wire {
	t.Helper()
	w, err := Lay()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.To(to)
	return w
}

// say sends a line and gives what came back.
func say(c net.Conn, line string) (string, error) {
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		return "", err
	}
	s, err := bufio.NewReader(c).ReadString('\n')
	return strings.TrimSpace(s), err
}

func dial(t *testing.T, w *Wire) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", w.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// refused opens a connection that must not carry anything.
func refused(t *testing.T, w *Wire) {
	t.Helper()
	c, err := net.Dial("tcp", w.Address())
	if err != nil {
		return // it broke as soon as it was made
	}
	defer c.Close()
	if s, err := say(c, "anybody"); err == nil {
		t.Errorf("%q came through", s)
	}
}

func TestPullAndPutBack(t *testing.T) {
	w := lay(t, echo(t))
	c := dial(t, w)
	if s, err := say(c, "one"); s != "one" || err != nil {
		t.Fatalf("%q, %v", s, err)
	}
	for range 2 { // pulled twice is pulled
		if err := w.Pull(true); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := say(c, "two"); err == nil {
		t.Errorf("%q came through a wire that is out", s)
	}
	if _, err := net.Dial("tcp", w.Address()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a connection to a wire that is out: %v, want refused", err)
	}
	if l, err := net.Listen("tcp", w.Address()); err == nil {
		l.Close()
		t.Error("somebody else could take the port meanwhile")
	}
	if !w.Pulled() {
		t.Error("it does not say that it is out")
	}
	if err := w.Pull(false); err != nil {
		t.Fatal(err)
	}
	if s, err := say(dial(t, w), "four"); s != "four" || err != nil {
		t.Errorf("put back: %q, %v", s, err)
	}
	if got, want := w.Stats(), (Stats{Relayed: 2, Dropped: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestHalves: one side may end its half and still hear the other.
func TestHalves(t *testing.T) {
	w := lay(t, echo(t))
	c := dial(t, w).(*net.TCPConn)
	if _, err := io.WriteString(c, "all of it"); err != nil {
		t.Fatal(err)
	}
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if b, err := io.ReadAll(c); string(b) != "all of it" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}

func TestNobodyThere(t *testing.T) {
	w := lay(t, "")
	refused(t, w)
	if n := w.Stats().Nobody; n != 1 {
		t.Errorf("%d found nobody, want 1", n)
	}
}

// TestClose ends what is open, and waits for it.
func TestClose(t *testing.T) {
	w := lay(t, echo(t))
	c := dial(t, w)
	if s, err := say(c, "one"); s != "one" || err != nil {
		t.Fatalf("%q, %v", s, err)
	}
	w.Close()
	if s, err := say(c, "two"); err == nil {
		t.Errorf("%q came through a wire that is gone", s)
	}
	if _, err := net.DialTimeout("tcp", w.Address(), time.Second); err == nil {
		t.Error("it still listens")
	}
}
