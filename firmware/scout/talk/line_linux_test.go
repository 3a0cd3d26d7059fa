package talk

import (
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
)

func pairOf(t *testing.T) (setter, asker *Line, raw int) {
	t.Helper()
	s, fd, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	return s, At(fd), fd
}

func TestLine(t *testing.T) {
	s, a, _ := pairOf(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all() {
		from, to, fd := s, a, -1
		if asks(m) {
			from, to = a, s
		}
		if m.Kind == Radio || m.Kind == Link && m.Lent {
			fd = int(w.Fd())
		}
		if err := from.Send(m, fd); err != nil {
			t.Fatal(err)
		}
		got, file, err := to.Receive()
		if err != nil || got != m || (file >= 0) != (fd >= 0) {
			t.Errorf("%+v, %d, %v, want %+v", got, file, err, m)
		}
		if file >= 0 {
			if n, err := syscall.Write(file, []byte("x")); n != 1 || err != nil {
				t.Errorf("the descriptor that came is another: %v", err)
			}
			syscall.Close(file)
		}
	}
	w.Close()
	if b, err := io.ReadAll(r); string(b) != "xx" {
		t.Errorf("%q, %v", b, err)
	}
	a.Close()
	if _, _, err := s.Receive(); err != io.EOF {
		t.Error(err)
	}
}

// TestHarm has a half that sends what is no message: the other says so, and keeps no descriptor.
func TestHarm(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b [Size]byte
	m := all()[5]
	Encode(&b, &m)
	with := syscall.UnixRights(int(w.Fd()))
	for name, send := range map[string]func(fd int) error{
		"short":             func(fd int) error { return syscall.Sendmsg(fd, b[:Size-1], nil, nil, 0) },
		"long":              func(fd int) error { return syscall.Sendmsg(fd, append(b[:], 0), nil, nil, 0) },
		"empty":             func(fd int) error { return syscall.Sendmsg(fd, []byte{0}, nil, nil, 0) },
		"with a descriptor": func(fd int) error { return syscall.Sendmsg(fd, b[:], with, nil, 0) },
	} {
		s, a, fd := pairOf(t)
		if err := send(fd); err != nil {
			t.Fatal(name, err)
		}
		if m, file, err := s.Receive(); !errors.Is(err, ErrMalformed) || file != -1 {
			t.Errorf("%s: %+v, %d, %v", name, m, file, err)
		}
		s.Close()
		a.Close()
	}
	w.Close()
	if b, err := io.ReadAll(r); len(b) != 0 || err != nil {
		t.Error(err)
	}
}

// TestDeaf has a half that does not listen: the other is not held up.
func TestDeaf(t *testing.T) {
	s, a, _ := pairOf(t)
	defer a.Close()
	for range 1 << 16 {
		if err := s.Send(Message{Kind: NoLink}, -1); err != nil {
			if !errors.Is(err, syscall.EAGAIN) {
				t.Error(err)
			}
			return
		}
	}
	t.Error("it takes any number")
}
