package link

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// echo gives back what it is sent.
func echo(t *testing.T, mark byte) string {
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
				b := make([]byte, 100)
				for {
					n, err := c.Read(b)
					if err != nil {
						return
					}
					if n > 0 && mark != 0 {
						b[0] = mark
					}
					if _, err := c.Write(b[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

func dial(t *testing.T, k *Link) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", k.Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	return c
}

const text = "what the one sends to the other"

// Each fault makes other bytes of one piece, but for the delay, and of no piece before or after it.
func TestStrike(t *testing.T) {
	k, err := New(echo(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	for kind, want := range map[Kind]func(got []byte) bool{
		Flip: func(got []byte) bool {
			bits := 0
			for i := range min(len(got), len(text)) {
				for x := got[i] ^ text[i]; x != 0; x &= x - 1 {
					bits++
				}
			}
			return len(got) == len(text) && bits == 1
		},
		Truncate: func(got []byte) bool { return len(got) < len(text) && bytes.HasPrefix([]byte(text), got) },
		Double:   func(got []byte) bool { return string(got) == text+text },
		Swap:     func(got []byte) bool { return string(got) == text[len(text)/2:]+text[:len(text)/2] },
		Delay:    func(got []byte) bool { return string(got) == text },
	} {
		for _, way := range []Way{Up, Down} {
			c := dial(t, k)
			met := make(chan error, 1)
			go func() {
				_, err := k.Strike(Fault{Kind: kind, Way: way, Skip: 1, At: 7<<24 | 1234567, For: 50 * time.Millisecond}, 5*time.Second)
				met <- err
			}()
			for len(met) == 0 && !k.isArmed() {
				time.Sleep(time.Millisecond)
			}
			b := make([]byte, len(text))
			if _, err := c.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(c, b); err != nil || string(b) != text {
				t.Fatalf("kind %d, %v: the piece before: %q, %v", kind, way, b, err)
			}
			began := time.Now()
			if _, err := c.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
			var got []byte
			if kind == Delay {
				got = make([]byte, len(text))
				if _, err := io.ReadFull(c, got); err != nil || time.Since(began) < 50*time.Millisecond {
					t.Errorf("late: %v, after %v", err, time.Since(began))
				}
			} else {
				got, _ = io.ReadAll(c) // the link hangs up when nobody else does
			}
			if err := <-met; err != nil || !want(got) {
				t.Errorf("kind %d, %v: %v, %q came", kind, way, err, got)
			}
		}
	}
	if _, err := k.Strike(Fault{}, 10*time.Millisecond); !errors.Is(err, ErrQuiet) || k.isArmed() {
		t.Errorf("with nothing sent: %v", err)
	}
}

func (k *Link) isArmed() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.armed != nil
}

// A cut breaks what stands and refuses what comes, and ends; a link that leads elsewhere breaks what stands.
func TestCutAndLead(t *testing.T) {
	k, err := New(echo(t, 'A'))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	says := func() string {
		c, err := net.Dial("tcp", k.Address())
		if err != nil {
			return "" // refused at once
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		b := make([]byte, 2)
		_, _ = c.Write([]byte("xy"))
		n, _ := io.ReadFull(c, b)
		return string(b[:n])
	}
	c := dial(t, k)
	b := make([]byte, 1)
	_, _ = c.Write([]byte("x"))
	if _, err := c.Read(b); err != nil || b[0] != 'A' {
		t.Fatal(err, b)
	}
	if broken := k.Cut(true); broken != 1 {
		t.Errorf("%d connections broke, want 1", broken)
	}
	if _, err := c.Read(b); err == nil {
		t.Error("a connection stands through a cut")
	}
	if got := says(); got != "" || k.Refused() != 1 {
		t.Errorf("%q through a cut, %d refused", got, k.Refused())
	}
	k.Cut(false)
	if got := says(); got != "Ay" {
		t.Errorf("%q after the cut", got)
	}
	c = dial(t, k)
	_, _ = c.Write([]byte("x"))
	_, _ = c.Read(b)
	k.Lead(echo(t, 'B'))
	if _, err := c.Read(b); err == nil {
		t.Error("a connection stands that leads elsewhere now")
	}
	if got := says(); got != "By" {
		t.Errorf("%q from elsewhere", got)
	}
}
