package talk

import (
	"errors"
	"hash/crc32"
	"io"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
)

func crc(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

// lines makes both ends.
func lines(t *testing.T) (starter, core *Line) {
	t.Helper()
	starter, fd, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	core = At(fd)
	t.Cleanup(func() { starter.Close(); core.Close() })
	return starter, core
}

// TestDescriptorsArrive sends a pipe and uses what comes out.
func TestDescriptorsArrive(t *testing.T) {
	starter, core := lines(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	m := Message{Kind: Start, Program: Eye, Serial: 1, Files: 2}
	if err := core.Send(m, int(w.Fd()), int(w.Fd())); err != nil {
		t.Fatal(err)
	}
	w.Close()
	got, files, err := starter.Receive()
	if err != nil || got != m || len(files) != 2 {
		t.Fatalf("%+v, %v, %v", got, files, err)
	}
	for _, fd := range files {
		if flags, _, e := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0); e != 0 || flags&syscall.FD_CLOEXEC == 0 {
			t.Errorf("descriptor %d would be inherited", fd)
		}
	}
	syscall.Write(files[0], []byte("x"))
	Drop(files)
	if b, err := io.ReadAll(r); string(b) != "x" || err != nil {
		t.Fatalf("%q, %v", b, err)
	}
}

// TestWrongSize sends what is no message, past Send.
func TestWrongSize(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the socket keeps messages apart on Linux only")
	}
	var good [Size]byte
	Encode(&good, &Message{Kind: Start, Program: Eye, Serial: 1})
	for what, b := range map[string][]byte{
		"short": good[:Size-1], "one byte": {1}, "long": append(good[:Size:Size], 0), "very long": make([]byte, 4096),
	} {
		starter, core := lines(t)
		if err := core.Socket.Send(b); err != nil {
			t.Fatal(err)
		}
		if _, _, err := starter.Receive(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestMoreDescriptors sends other numbers of descriptors than the message says, past Send. None stays
// open in the receiver.
func TestMoreDescriptors(t *testing.T) {
	for _, tc := range []struct {
		says uint8
		n    int
	}{{0, 1}, {5, 4}, {5, 6}, {6, 7}, {6, 40}} {
		starter, core := lines(t)
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var buf [Size]byte
		Encode(&buf, &Message{Kind: Start, Program: Eye, Serial: 1, Files: tc.says})
		fds := make([]int, tc.n)
		for i := range fds {
			fds[i] = int(w.Fd())
		}
		if err := core.Socket.Send(buf[:], fds...); err != nil {
			t.Fatal(err)
		}
		w.Close()
		if _, files, err := starter.Receive(); !errors.Is(err, ErrMalformed) || files != nil {
			t.Errorf("says %d, has %d: %v, %v", tc.says, tc.n, files, err)
		}
		r.SetReadDeadline(time.Now().Add(5 * time.Second))
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("says %d, has %d: a descriptor stayed open", tc.says, tc.n)
		}
		r.Close()
	}
}

func TestTheEnd(t *testing.T) {
	starter, core := lines(t)
	if err := starter.Send(Message{Kind: Asked}, 1); !errors.Is(err, ErrMalformed) {
		t.Errorf("sent a descriptor that nobody expects: %v", err)
	}
	if err := starter.Send(Message{Kind: Asked}); err != nil {
		t.Fatal(err)
	}
	starter.HangUp()
	if m, _, err := core.Receive(); err != nil || m.Kind != Asked {
		t.Fatalf("%+v, %v", m, err)
	}
	if _, _, err := core.Receive(); err != io.EOF {
		t.Fatalf("%v, want io.EOF", err)
	}
}

// TestNeverWaits has a half that does not listen.
func TestNeverWaits(t *testing.T) {
	starter, _ := lines(t)
	for range 1 << 20 {
		if err := starter.Send(Message{Kind: Asked}); err != nil {
			if !errors.Is(err, syscall.EAGAIN) {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("a million messages went nowhere")
}
