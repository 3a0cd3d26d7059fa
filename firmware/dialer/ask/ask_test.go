package ask

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/dialer/line"
)

// joined gives a Line and the dialer's end, played by the test.
func joined(t *testing.T) (*Line, int) {
	t.Helper()
	a, b, err := line.Pair()
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(a), "line")
	t.Cleanup(func() { f.Close(); syscall.Close(b) })
	return New(f), b
}

// next waits for a request.
func next(t *testing.T, fd int) uint32 {
	t.Helper()
	var b [line.Size + 1]byte
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if n, err := syscall.Read(fd, b[:line.Size+line.Extra]); err == nil {
			m, err := line.Decode(b[:n], true)
			if err != nil {
				t.Error(err)
			}
			return m.Serial
		}
	}
	t.Error("no request")
	return 0
}

// send sends bytes with descriptors.
func send(t *testing.T, fd int, b []byte, files ...int) {
	t.Helper()
	var rights []byte
	if len(files) > 0 {
		rights = syscall.UnixRights(files...)
	}
	if _, err := syscall.SendmsgN(fd, b, rights, nil, 0); err != nil {
		t.Error(err)
	}
}

func answer(t *testing.T, fd int, serial uint32, s line.Status, files ...int) {
	t.Helper()
	b := line.Encode(line.Message{Serial: serial, Status: s})
	send(t, fd, b[:], files...)
}

// sockets are two connected ones: one to hand over, and the other side, which waits.
func sockets(t *testing.T) (int, *os.File) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	return fds[0], os.NewFile(uintptr(fds[1]), "other side")
}

// descriptors counts those of this process.
func descriptors(t *testing.T) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("counts descriptors through /proc")
	}
	all, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// TestDial has an honest dialer, with an answer to somebody else before its own.
func TestDial(t *testing.T) {
	l, fd := joined(t)
	go func() {
		serial := next(t, fd)
		for _, old := range []uint32{serial - 1, serial + 1} {
			mine, other := sockets(t)
			answer(t, fd, old, line.Connected, mine)
			syscall.Close(mine)
			defer func() {
				if n, err := other.Read(make([]byte, 1)); n != 0 || err != io.EOF {
					t.Errorf("the connection of another request is still open: %v", err)
				}
			}()
			answer(t, fd, old, line.TimedOut)
		}
		mine, other := sockets(t)
		answer(t, fd, serial, line.Connected, mine)
		syscall.Close(mine)
		io.Copy(other, other) // says what it hears
		other.Close()
	}()
	c, err := l.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.(io.ReaderFrom); ok {
		t.Error("a connection that has the kernel copy")
	}
	if c.RemoteAddr().String() != "collector" || c.LocalAddr().String() != "courier" || c.RemoteAddr().Network() != "tcp" {
		t.Error(c.RemoteAddr(), c.LocalAddr())
	}
	want := strings.Repeat("hello ", 10_000)
	go io.WriteString(c, want)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	// A deadline is an error of a connection, and passes.
	c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	var timed net.Error
	if _, err := c.Read(got); !errors.As(err, &timed) || !timed.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
	c.SetDeadline(time.Time{})
	io.WriteString(c, "x")
	if n, err := c.Read(got); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Write(got); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
}

// TestNo has a dialer without a connection, and then with one.
func TestNo(t *testing.T) {
	l, fd := joined(t)
	before := descriptors(t)
	for s := line.NoName; s <= line.TimedOut; s++ {
		go func() { answer(t, fd, next(t, fd), s) }()
		_, err := l.Dial(context.Background())
		var e *Error
		if !errors.As(err, &e) || e.Status != s || e.Timeout() != (s == line.TimedOut) || !strings.Contains(err.Error(), s.String()) {
			t.Errorf("%s: %v", s, err)
		}
	}
	for range 20 {
		go func() {
			mine, other := sockets(t)
			answer(t, fd, next(t, fd), line.Connected, mine)
			syscall.Close(mine)
			other.Close()
		}()
		c, err := l.Dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("hung up: %d, %v", n, err)
		}
		c.Close()
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// TestLate has a dialer that does not answer in time, and then answers what nobody waits for any more.
func TestLate(t *testing.T) {
	l, fd := joined(t)
	before := descriptors(t)
	for range 10 {
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Millisecond)
		if _, err := l.Dial(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		stop()
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := l.Dial(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	go func() {
		for range 10 { // late
			mine, other := sockets(t)
			answer(t, fd, next(t, fd), line.Connected, mine)
			syscall.Close(mine)
			other.Close()
		}
		mine, other := sockets(t)
		answer(t, fd, next(t, fd), line.Connected, mine)
		syscall.Close(mine)
		other.WriteString("new")
		other.Close()
	}()
	c, err := l.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(c); string(b) != "new" || err != nil {
		t.Errorf("%q, %v: an old connection was taken for the new one", b, err)
	}
	c.Close()
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// TestHostile has a dialer that was taken over: nothing that it sends stays open, and the line can be
// used again.
func TestHostile(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	file := int(null.Fd())
	for name, do := range map[string]func(t *testing.T, fd int, serial uint32){
		"no descriptor":   func(t *testing.T, fd int, n uint32) { answer(t, fd, n, line.Connected) },
		"two":             func(t *testing.T, fd int, n uint32) { answer(t, fd, n, line.Connected, file, file) },
		"more than fit":   func(t *testing.T, fd int, n uint32) { answer(t, fd, n, line.Connected, make([]int, 40)...) },
		"one with a no":   func(t *testing.T, fd int, n uint32) { answer(t, fd, n, line.Refused, file) },
		"a file":          func(t *testing.T, fd int, n uint32) { answer(t, fd, n, line.Connected, file) },
		"a request":       func(t *testing.T, fd int, n uint32) { answer(t, fd, n, 0, file) },
		"another status":  func(t *testing.T, fd int, n uint32) { answer(t, fd, n, 9, file) },
		"short":           func(t *testing.T, fd int, n uint32) { send(t, fd, []byte("TD\x01"), file) },
		"long":            func(t *testing.T, fd int, n uint32) { send(t, fd, []byte("TD\x01\x01aaaaaaaaaaaaaaaa"), file) },
		"nothing but one": func(t *testing.T, fd int, n uint32) { send(t, fd, []byte{0}, file) },
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS != "linux" {
				t.Skip("needs a socket that keeps messages apart, which Linux has")
			}
			l, fd := joined(t)
			before := descriptors(t)
			go func() { do(t, fd, next(t, fd)) }()
			if c, err := l.Dial(context.Background()); !errors.Is(err, ErrMalformed) || c != nil {
				t.Fatalf("%v", err)
			}
			if after := descriptors(t); after > before {
				t.Errorf("%d descriptors before, %d after", before, after)
			}
			go func() { answer(t, fd, next(t, fd), line.Refused) }()
			var e *Error
			if _, err := l.Dial(context.Background()); !errors.As(err, &e) || e.Status != line.Refused {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// TestGone has no dialer at the other end, and one that takes nothing.
func TestGone(t *testing.T) {
	l, fd := joined(t)
	var err error
	for n := 0; err == nil || errors.Is(err, context.DeadlineExceeded); n++ { // nobody reads
		if n > 100 {
			break // and nobody is hurt
		}
		ctx, stop := context.WithTimeout(context.Background(), time.Millisecond)
		_, err = l.Dial(ctx)
		stop()
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a dialer that takes nothing: %v", err)
	}
	syscall.Shutdown(fd, syscall.SHUT_RDWR)
	if _, err := l.Dial(context.Background()); !errors.Is(err, ErrNoDialer) {
		t.Errorf("a line that has ended: %v", err)
	}
}

// TestWaiting has a descriptor that waits, which no Dial can be ended on.
func TestWaiting(t *testing.T) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fds[0]), "line")
	defer f.Close()
	defer syscall.Close(fds[1])
	if _, err := New(f).Dial(context.Background()); !errors.Is(err, os.ErrNoDeadline) || !strings.Contains(err.Error(), "does not wait") {
		t.Error(err)
	}
}
