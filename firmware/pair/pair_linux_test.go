package pair

import (
	"bytes"
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
)

const size = 16

// ends makes both ends.
func ends(t *testing.T) (a, b *Socket) {
	t.Helper()
	a, fd, err := New()
	if err != nil {
		t.Fatal(err)
	}
	b = At(fd)
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

// TestMessages sends what is a message, and what is not.
func TestMessages(t *testing.T) {
	for _, n := range []int{1, size - 1, size, size + 1, 4096} {
		a, b := ends(t)
		want := bytes.Repeat([]byte{7}, n)
		if err := a.Send(want); err != nil {
			t.Fatal(err)
		}
		var buf [size + 1]byte
		files, cut, err := b.Receive(buf[:], nil)
		if len(files) > 0 || cut || n == size && (err != nil || !bytes.Equal(buf[:size], want)) || n != size && !errors.Is(err, ErrSize) {
			t.Errorf("%d bytes: %v, %v, %v", n, files, cut, err)
		}
	}
}

// TestDescriptors sends fewer and more of them than there is room for.
func TestDescriptors(t *testing.T) {
	for _, n := range []int{0, 1, 4, 9} {
		a, b := ends(t)
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		fds := make([]int, n)
		for i := range fds {
			fds[i] = int(w.Fd())
		}
		if err := a.Send(make([]byte, size), fds...); err != nil {
			t.Fatal(err)
		}
		w.Close()
		var buf [size + 1]byte
		files, cut, err := b.Receive(buf[:], make([]byte, syscall.CmsgSpace(4*4)))
		if err != nil || cut != (n > 4) || n <= 4 && len(files) != n {
			t.Errorf("%d sent: %v, %v, %v", n, files, cut, err)
		}
		for _, fd := range files {
			if flags, _, e := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0); e != 0 || flags&syscall.FD_CLOEXEC == 0 {
				t.Errorf("descriptor %d would be inherited", fd)
			}
		}
		Drop(files)
		if got, err := r.Read(make([]byte, 1)); got != 0 || err != io.EOF {
			t.Errorf("%d sent: one stays open: %v", n, err)
		}
		r.Close()
	}
}

// TestEnd hangs up while the other end waits.
func TestEnd(t *testing.T) {
	a, b := ends(t)
	end := make(chan error)
	go func() {
		_, _, err := b.Receive(make([]byte, size+1), nil)
		end <- err
	}()
	a.HangUp()
	if err := <-end; err != io.EOF {
		t.Errorf("%v, want io.EOF", err)
	}
	if err := a.Send(make([]byte, size)); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("sending behind the end: %v, want %v", err, syscall.EPIPE)
	}
}
