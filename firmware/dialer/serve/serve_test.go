package serve

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/dialer/ask"
	"tellijn/firmware/dialer/line"
)

// clock is one that goes only as far as somebody rests.
type clock struct {
	mu    sync.Mutex
	now   time.Duration
	rests []time.Duration
}

func (c *clock) since() time.Duration { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) rest(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += d
	c.rests = append(c.rests, d)
}

// serving is a dialer at work, and the courier's end of its line.
func serving(t *testing.T, connect func() (Conn, line.Status), fresh func() bool) (*ask.Line, *os.File, *clock, chan error) {
	t.Helper()
	a, b, err := line.Pair()
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(a), "courier"), os.NewFile(uintptr(b), "dialer")
	c, ended := new(clock), make(chan error, 1)
	s := Service{Line: theirs, Connect: connect, Fresh: fresh, Since: c.since, Rest: c.rest}
	go func() { ended <- s.Run() }()
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	return ask.New(ours), ours, c, ended
}

func always() bool { return true }

// greets is a server that says hello on each connection, and what connects to it.
func greets(t *testing.T) func() (Conn, line.Status) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skipf("no loopback here: %v", err)
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
				io.WriteString(c, "hello ")
				io.Copy(c, struct{ io.Reader }{c}) // splice(2) would keep pipes of its own open
			}()
		}
	}()
	return func() (Conn, line.Status) {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return nil, line.Refused
		}
		return c.(*net.TCPConn), line.Connected
	}
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

// talk says something on a connection and hears it again.
func talk(t *testing.T, l *ask.Line) {
	t.Helper()
	c, err := l.Dial(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(c, "world")
	b := make([]byte, len("hello world"))
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "hello world" {
		t.Fatalf("%q, %v", b, err)
	}
}

// TestConnections has real ones, one after the other: at once as many as Burst, then one each Every.
func TestConnections(t *testing.T) {
	l, _, c, _ := serving(t, greets(t), always)
	talk(t, l)
	before := descriptors(t)
	for range Burst + 5 {
		talk(t, l)
	}
	var after int
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if after = descriptors(t); after <= before { // the server lets go of its own a little later
			break
		}
	}
	if after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.rests) != 1+5 {
		t.Fatalf("rested %v, want 6 times", c.rests)
	}
	for _, d := range c.rests {
		if d != Every {
			t.Errorf("rested %v, want %v each time", c.rests, Every)
		}
	}
}

// TestAnswers has a dialer that finds nobody.
func TestAnswers(t *testing.T) {
	var say atomic.Uint32
	l, ours, _, ended := serving(t, func() (Conn, line.Status) { return nil, line.Status(say.Load()) }, always)
	for status := line.NoName; status <= line.TimedOut; status++ {
		say.Store(uint32(status))
		var e *ask.Error
		if _, err := l.Dial(context.Background()); !errors.As(err, &e) || e.Status != status {
			t.Errorf("%s: %v", status, err)
		}
	}
	ours.Close() // nobody is there any more
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it does not end with its line")
	}
}

// TestStale has files of the resolver that changed.
func TestStale(t *testing.T) {
	n := 0
	l, _, _, ended := serving(t, func() (Conn, line.Status) { return nil, line.Refused }, func() bool { n++; return n < 3 })
	for _, want := range []line.Status{line.Refused, line.Refused, line.NoName} {
		var e *ask.Error
		if _, err := l.Dial(context.Background()); !errors.As(err, &e) || e.Status != want {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if err := <-ended; !errors.Is(err, ErrStale) {
		t.Error(err)
	}
}

// TestNewest has a slow dialer and a courier that does not wait, and asks more often than anybody may:
// only the last request is answered, and none that is not one.
func TestNewest(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs a socket that keeps messages apart, which Linux has")
	}
	first, go1 := make(chan bool), make(chan bool)
	var asked atomic.Int32
	_, ours, c, _ := serving(t, func() (Conn, line.Status) {
		if asked.Add(1) == 1 {
			first <- true
			<-go1
		}
		return nil, line.Unreachable
	}, always)
	post := func(serial uint32) {
		b := line.Encode(line.Message{Serial: serial})
		ours.Write(b[:])
	}
	post(1)
	<-first
	for n := range uint32(50) {
		post(2 + n)
		ours.Write([]byte("TD\x01\x00\x00\x00\x00\x00\x00"))
		ours.Write([]byte("TD\x01\x01\x00\x00\x00\x00"))
	}
	close(go1)
	for _, want := range []uint32{1, 51} {
		b := make([]byte, 64)
		ours.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := ours.Read(b)
		if m, bad := line.Decode(b[:max(0, n)], false); err != nil || bad != nil || m.Serial != want || m.Status != line.Unreachable {
			t.Fatalf("%+v, %v, %v, want the answer to %d", m, err, bad, want)
		}
	}
	ours.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := ours.Read(make([]byte, 64)); err == nil {
		t.Errorf("one more answer of %d bytes", n)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("tried %d times, want 2", n)
	}
	for range 20 { // what makes no sense is as rare as the rest
		ours.Write([]byte("x"))
		time.Sleep(2 * time.Millisecond)
	}
	if c.since() == 0 {
		t.Error("any number of messages that make no sense are taken at once")
	}
}

// TestRights has a courier that sends descriptors: the dialer gets none.
func TestRights(t *testing.T) {
	tried := make(chan bool, 9)
	_, ours, _, _ := serving(t, func() (Conn, line.Status) { tried <- true; return nil, line.Refused }, always)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	raw, _ := ours.SyscallConn()
	b := line.Encode(line.Message{Serial: 1})
	raw.Control(func(fd uintptr) { err = syscall.Sendmsg(int(fd), b[:], syscall.UnixRights(int(w.Fd())), nil, 0) })
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	<-tried
	r.SetReadDeadline(time.Now().Add(10 * time.Second))
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("the dialer holds what it was sent: %v", err)
	}
}

// TestBucket is the bound itself.
func TestBucket(t *testing.T) {
	b := bucket{tokens: Burst}
	now, n := time.Duration(0), 0
	for now < time.Minute {
		now += b.take(now)
		n++
	}
	if want := Burst + int(time.Minute/Every); n > want || n < want-1 {
		t.Errorf("%d in a minute, want %d", n, want)
	}
	now += time.Hour // what was not used is not saved up
	n = 0
	for b.take(now) == 0 {
		n++
	}
	if n != Burst {
		t.Errorf("%d at once after an hour, want %d", n, Burst)
	}
}
