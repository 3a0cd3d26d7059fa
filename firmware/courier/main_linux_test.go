package main

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/dialer/line"
	"tellijn/firmware/handoff"
	"tellijn/firmware/upload/collectortest"
	"tellijn/firmware/upload/peer/peertest"
)

// board is what stands around a courier: its directory, a dialer, and the warden's ends of the pipes.
type board struct {
	t                     *testing.T
	dir, courier, dialer  string
	courierEnd, dialerEnd *os.File
	args                  []string
	running, dialing      *exec.Cmd
	in                    *os.File
	words                 spoken
	mu                    sync.Mutex
	hello                 bool
	upto                  uint64
	failed, waiting       uint64
	inward                [][]byte
}

// spoken is what the programs said.
type spoken struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *spoken) Write(b []byte) (int, error) { w.mu.Lock(); defer w.mu.Unlock(); return w.b.Write(b) }
func (w *spoken) String() string              { w.mu.Lock(); defer w.mu.Unlock(); return w.b.String() }

func newBoard(t *testing.T, address string, args ...string) *board {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and starts programs; not with -short")
	}
	b := &board{t: t, dir: t.TempDir(), args: args}
	for _, p := range []struct{ to, folder string }{{"courier", "."}, {"dialer", "../dialer"}} {
		path := filepath.Join(t.TempDir(), p.to)
		c := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, p.folder)
		c.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if p.to == "courier" {
			b.courier = path
		} else {
			b.dialer = path
		}
	}
	x, y, err := line.Pair()
	if err != nil {
		t.Fatal(err)
	}
	b.courierEnd, b.dialerEnd = os.NewFile(uintptr(x), "courier"), os.NewFile(uintptr(y), "dialer")
	t.Cleanup(func() { b.courierEnd.Close(); b.dialerEnd.Close() })
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(b.words.String())
		}
	})
	if address != "" {
		b.dial(address)
	}
	return b
}

// env is what the starter gives its programs.
func env() []string {
	return []string{"GODEBUG=updatemaxprocs=0,containermaxprocs=0,decoratemappings=0"}
}

// dial starts a dialer, after the one before was killed.
func (b *board) dial(address string) {
	b.t.Helper()
	b.kill(b.dialing)
	b.dialing = exec.Command(b.dialer, "-address", address)
	b.dialing.ExtraFiles, b.dialing.Stderr, b.dialing.Env = []*os.File{b.dialerEnd}, &b.words, env()
	if err := b.dialing.Start(); err != nil {
		b.t.Fatal(err)
	}
	c := b.dialing
	b.t.Cleanup(func() { b.kill(c) })
}

func (b *board) kill(c *exec.Cmd) {
	if c != nil && c.ProcessState == nil {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
}

// start starts a courier, without a network, and listens to it.
func (b *board) start() {
	b.t.Helper()
	read, in, err := os.Pipe()
	if err != nil {
		b.t.Fatal(err)
	}
	hear, out, err := os.Pipe()
	if err != nil {
		b.t.Fatal(err)
	}
	c := exec.Command(b.courier, append([]string{"-dir", b.dir, "-device", "north-door"}, b.args...)...)
	c.Stdin, c.Stderr, c.ExtraFiles, c.Env = read, &b.words, []*os.File{out, b.courierEnd}, env()
	if os.Geteuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	}
	if err := c.Start(); err != nil {
		b.t.Fatal(err)
	}
	read.Close()
	out.Close()
	b.running, b.in = c, in
	b.turn(func() { b.hello, b.upto = false, 0 })
	go func() {
		defer hear.Close()
		for {
			m, err := handoff.ReadBack(hear)
			if err != nil {
				return
			}
			b.turn(func() {
				if b.hello, b.failed, b.waiting = true, max(b.failed, m.Failed), m.Waiting; m.Kind == handoff.Inward {
					b.inward = append(b.inward, m.Envelope)
				}
				b.upto = max(b.upto, m.Upto)
			})
		}
	}()
	b.t.Cleanup(func() { in.Close(); b.kill(c) })
	b.until("hello", func() bool { return b.hello })
}

func (b *board) turn(f func()) { b.mu.Lock(); defer b.mu.Unlock(); f() }

// until waits for something to become true.
func (b *board) until(what string, f func() bool) {
	b.t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		ok := false
		if b.turn(func() { ok = f() }); ok {
			return
		}
	}
	b.t.Fatalf("never: %s", what)
}

// give hands over items from sequence first on, and waits until all are stored.
func (b *board) give(first, n int) {
	b.t.Helper()
	before := uint64(0)
	b.turn(func() { before = b.upto })
	for i := range n {
		it := handoff.Item{Kind: handoff.ItemKind(i%3 + 1), Boot: [16]byte{7}, Sequence: uint32(first + i), At: 1_795_330_800, Bytes: make([]byte, 600)}
		copy(it.Bytes, fmt.Sprintf("%d", first+i))
		if err := handoff.WriteItem(b.in, it); err != nil {
			b.t.Fatal(err)
		}
	}
	b.until("stored", func() bool { return b.upto == before+uint64(n) })
}

// end hangs up and waits for the courier to end by itself.
func (b *board) end() {
	b.t.Helper()
	b.in.Close()
	done := make(chan error, 1)
	go func() { done <- b.running.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			b.t.Errorf("the courier: %v", err)
		}
	case <-time.After(10 * time.Second):
		b.t.Error("the courier does not end")
	}
}

// most is the most memory that the courier ever had, in KiB. (proc(5), VmHWM)
func (b *board) most() int {
	b.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.running.Process.Pid))
	if err != nil {
		b.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// maxMemory is what a courier may take, in KiB.
const maxMemory = 16 << 10

// light checks that, of a program that was built without the race detector.
func (b *board) light() {
	b.t.Helper()
	if n := b.most(); n > maxMemory {
		b.t.Errorf("%d KiB of memory at most, want %d", n, maxMemory)
	} else {
		b.t.Logf("%d KiB of memory at most", n)
	}
}

// each checks that the collector has the items of these sequences, each once, and no others.
func each(t *testing.T, col *collectortest.Collector, n int) {
	t.Helper()
	seen := map[string]bool{}
	for _, it := range col.Items() {
		text, _, _ := strings.Cut(string(it.Bytes), "\x00")
		seen[text] = true
	}
	if len(col.Items()) != n || len(seen) != n {
		t.Errorf("%d items at the collector, %d of them different, want %d", len(col.Items()), len(seen), n)
	}
}

func key(col *collectortest.Collector) string { return fmt.Sprint(col.Key.Public()) }

// TestHTTPS has the real programs, confined as on a board, a real connection and everything that
// happens to it: the dialer dies, the courier dies, the collector is away, a stranger is in its place.
func TestHTTPS(t *testing.T) {
	a, col := peertest.New(t), collectortest.New()
	col.Envelopes = [][]byte{[]byte("for you")}
	s := httptest.NewUnstartedServer(col)
	s.TLS = a.Good()
	s.StartTLS()
	defer s.Close()
	address := s.Listener.Addr().String()
	b := newBoard(t, address, "-kind", "https", "-address", address, "-receipts", key(col), "-pace", "2s", "-poll=true")
	peertest.Files(t, b.dir, a.Device("north-door"))
	b.start()
	b.give(0, 3)
	b.until("at the collector", func() bool { return len(col.Items()) == 3 })
	b.until("an envelope inwards", func() bool { return len(b.inward) > 1 && string(b.inward[0]) == "for you" })

	b.kill(b.dialing) // what was dialled stays
	b.give(3, 600)
	b.until("all at the collector", func() bool { return len(col.Items()) == 603 })
	b.light()

	b.kill(b.running) // without a word
	b.start()
	b.give(0, 603) // a warden that had no receipt gives all of it again
	s.CloseClientConnections()
	b.give(603, 3)
	time.Sleep(300 * time.Millisecond) // nobody dials
	each(t, col, 603)
	b.dial(address)
	b.until("after the dialer came back", func() bool { return len(col.Items()) == 606 })
	each(t, col, 606)
	b.end()

	other := httptest.NewUnstartedServer(collectortest.New())
	other.TLS = peertest.New(t).Good()
	other.StartTLS()
	defer other.Close()
	b.dial(other.Listener.Addr().String())
	b.start()
	b.until("said", func() bool { return strings.Contains(b.words.String(), "not the collector of the configuration") })
	b.give(606, 3)
	b.until("told to the warden", func() bool { return b.failed > 0 })
	b.end()
	each(t, col, 606)
}

// TestNone keeps things and sends nothing, without a line to a dialer.
func TestNone(t *testing.T) {
	b := newBoard(t, "", "-kind", "none")
	b.start()
	b.give(0, 300)
	b.until("all wait", func() bool { return b.waiting == 300 })
	b.light()
	b.end()
	b.args = nil
	b.start()
	b.give(0, 300)
	b.until("the same wait", func() bool { return b.waiting == 300 })
	b.end()
}

func TestRefusesToStart(t *testing.T) {
	b := newBoard(t, "")
	good := key(collectortest.New())
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"-kind", "pigeon"}, "pigeon"},
		{[]string{"-kind", "https", "-address", "x:1", "-receipts", "00"}, "receipts"},
		{[]string{"-kind", "https", "-address", "x", "-receipts", good}, "host:port"},
		{[]string{"-kind", "https", "-address", "x:1", "-receipts", good}, "enrol"},
		{[]string{"-kind", "mqtt", "-address", "broker.example:1883", "-receipts", good}, "enrol"},
		{[]string{"-kind", "https", "-address", "x:1", "-receipts", good, "-pace", "0s"}, "pace"},
		{[]string{"-kind", "file", "-device", "Nord", "-receipts", good}, "Nord"},
		{[]string{"-kind", "none", "more"}, "not a person"},
	} {
		c := exec.Command(b.courier, append([]string{"-dir", b.dir, "-device", "d"}, tc.args...)...)
		c.ExtraFiles, c.Env = []*os.File{os.Stderr, b.courierEnd}, env()
		if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), tc.want) {
			t.Errorf("%q: %v: %s", tc.args, err, out)
		}
	}
}
