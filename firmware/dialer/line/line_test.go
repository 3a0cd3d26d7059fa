package line

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

func TestBothWays(t *testing.T) {
	for status := Status(0); status <= TimedOut; status++ {
		m := Message{Serial: 0xfedcba98, Status: status}
		b := Encode(m)
		if got, err := Decode(b[:], status == 0); err != nil || got != m {
			t.Errorf("%+v: %+v, %v", m, got, err)
		}
		if _, err := Decode(b[:], status != 0); !errors.Is(err, ErrMalformed) {
			t.Errorf("%+v from the wrong side: %v", m, err)
		}
	}
	if b := Encode(Message{Serial: 0x04030201, Status: Refused}); string(b[:]) != "TD\x01\x03\x01\x02\x03\x04" {
		t.Errorf("%q", b)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		b       string
		request bool
		want    string
	}{
		{"", true, "0 bytes"}, {"TD\x01\x00\x00\x00\x00", true, "7 bytes"}, {"TD\x01\x00\x00\x00\x00\x00\x00", true, "9 bytes"},
		{"XD\x01\x00\x00\x00\x00\x00", true, "letters"}, {"TX\x01\x00\x00\x00\x00\x00", true, "letters"}, {"TD\x02\x00\x00\x00\x00\x00", true, "version"},
		{"TD\x01\x01\x00\x00\x00\x00", true, "request with status 1"},
		{"TD\x01\x00\x00\x00\x00\x00", false, "status 0"}, {"TD\x01\x06\x00\x00\x00\x00", false, "status 6"}, {"TD\x01\xff\x00\x00\x00\x00", false, "status 255"},
	} {
		m, err := Decode([]byte(c.b), c.request)
		if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), c.want) || m != (Message{}) {
			t.Errorf("%q: %+v, %v, want %q", c.b, m, err, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	seen := map[string]bool{}
	for s := Status(0); s <= TimedOut+1; s++ {
		if seen[s.String()] || s.String() == "" {
			t.Errorf("%d: %q", s, s)
		}
		seen[s.String()] = true
	}
	if Status(9).String() != "status(9)" {
		t.Error(Status(9).String())
	}
}

// The ends do not wait, and no program gets them by accident.
func TestPair(t *testing.T) {
	a, b, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(a)
	defer syscall.Close(b)
	for _, fd := range []int{a, b} {
		if _, err := syscall.Read(fd, make([]byte, Size)); err != syscall.EAGAIN {
			t.Errorf("an end that has nothing to read: %v", err)
		}
		if flags, _, e := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0); e != 0 || flags&syscall.FD_CLOEXEC == 0 {
			t.Errorf("an end stays open in other programs: %v", e)
		}
	}
	sent := Encode(Message{Serial: 7})
	if n, err := syscall.Write(a, sent[:]); err != nil || n != Size {
		t.Fatal(n, err)
	}
	var buf [Size + 1]byte
	n, err := syscall.Read(b, buf[:Size+Extra])
	if m, bad := Decode(buf[:max(n, 0)], true); err != nil || bad != nil || m.Serial != 7 {
		t.Errorf("%+v, %v, %v", m, err, bad)
	}
}

// FuzzDecode sees that whatever passes is said in one way only.
func FuzzDecode(f *testing.F) {
	for s := Status(0); s <= TimedOut; s++ {
		b := Encode(Message{Serial: 1 << 30, Status: s})
		f.Add(b[:], s == 0)
	}
	f.Add([]byte("TD\x01\x06\x00\x00\x00\x00"), false)
	f.Add([]byte("TD\x01\x00\x00\x00\x00\x00\x00"), true)
	f.Fuzz(func(t *testing.T, b []byte, request bool) {
		m, err := Decode(b, request)
		if err != nil {
			if !errors.Is(err, ErrMalformed) || m != (Message{}) {
				t.Fatalf("%+v, %v", m, err)
			}
			return
		}
		if again := Encode(m); string(again[:]) != string(b) || (m.Status == 0) != request || m.Status > TimedOut {
			t.Fatalf("%+v from %q", m, b)
		}
	})
}
