package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tellijn/hal"
	"tellijn/tools/rig/segment"
)

// cable lays a virtual cable: the bench's end is here, the board's end in a network of its own, where nothing else is.
// It gives the name of the bench's end and a function that runs a program at the board's.
func cable(t *testing.T) (near string, board func(words ...string) (string, error)) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("laying a cable needs root")
	}
	id := os.Getpid() % 100000
	near, far, space := fmt.Sprintf("tn%d", id), fmt.Sprintf("tf%d", id), fmt.Sprintf("tellijn-%d", id)
	run := func(words ...string) (string, error) {
		out, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput()
		return string(out), err
	}
	inside := func(words ...string) (string, error) {
		return run(append([]string{"ip", "netns", "exec", space}, words...)...)
	}
	if out, err := run("ip", "netns", "add", space); err != nil {
		t.Skipf("no networks of their own here: %v: %s", err, out)
	}
	t.Cleanup(func() { exec.Command("ip", "netns", "del", space).Run(); exec.Command("ip", "link", "del", near).Run() })
	if out, err := run("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", space); err != nil {
		t.Skipf("no virtual cables here: %v: %s", err, out)
	}
	for _, words := range [][]string{{"ip", "link", "set", far, "up"}, {"ip", "address", "add", "192.0.2.15/24", "dev", far}} {
		if out, err := inside(words...); err != nil {
			t.Fatalf("%q: %v: %s", words, err, out)
		}
	}
	inside("ethtool", "-K", far, "tx", "off") // where it is missing, checksums are left to a card that there is none of
	return near, func(words ...string) (string, error) {
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], "FAR", far)
		}
		return inside(words...)
	}
}

// TestWire has a board at the other end of a real card ask for the time and lose its link.
func TestWire(t *testing.T) {
	if os.Getenv("TELLIJN_WIRE_ASK") != "" {
		ask(t)
		return
	}
	near, board := cable(t)
	at := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "wire")
	s, err := segment.Lay(path, segment.Options{Now: func() time.Time { return at }, Doors: map[string]string{segment.Collector + ":8443": echo(t)}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	card, err := Open(near)
	if err != nil {
		t.Fatal(err)
	}
	w, err := Join(card, path)
	if err != nil {
		t.Fatal(err)
	}
	carrier := func(want string) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			out, err := board("cat", "/sys/class/net/FAR/carrier")
			if err == nil && strings.TrimSpace(out) == want {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("the link of the board is %q, want %s: %v", out, want, err)
			}
		}
	}
	question := func() string {
		out, _ := board("env", "TELLIJN_WIRE_ASK=1", os.Args[0], "-test.run=^TestWire$", "-test.v", "-test.timeout=20s")
		return out
	}
	carrier("1")
	if out := question(); !strings.Contains(out, "it is 2031-05-06T07:08:09Z") {
		t.Errorf("the board was not told the time:\n%s", out)
	} else if !strings.Contains(out, "300000 bytes there and back") {
		t.Errorf("the board did not reach the collector:\n%s", out)
	}
	sent := s.Sent()
	if sent["udp to 192.0.2.1:123"] == 0 || sent["arp"] == 0 {
		t.Errorf("%v", sent)
	}
	for to := range sent {
		if to != "arp" && to != "udp to 192.0.2.1:123" && to != "tcp to 192.0.2.100:8443" && to != "ipv6" { // the board's own kernel says the last one
			t.Errorf("%q was sent, by this computer?", to)
		}
	}
	if err := w.Carrier(false); err != nil {
		t.Fatal(err)
	}
	carrier("0")
	if err := w.Carrier(true); err != nil {
		t.Fatal(err)
	}
	carrier("1")
	if out := question(); !strings.Contains(out, "it is 2031") {
		t.Errorf("after the cable was plugged in again:\n%s; %v", out, w.Err())
	}
	s.Pull(true)
	if out := question(); strings.Contains(out, "it is 2031") {
		t.Errorf("a cable that is cut:\n%s", out)
	}
	if err := w.Err(); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

// ask asks for the time, as a board does. (RFC 4330)
func ask(t *testing.T) {
	c, err := net.Dial("udp", "192.0.2.1:123")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := append([]byte{4<<3 | 3}, make([]byte, 47)...)
	for range 10 {
		c.SetDeadline(time.Now().Add(300 * time.Millisecond))
		if _, err := c.Write(b); err != nil {
			continue
		}
		answer := make([]byte, 100)
		if n, err := c.Read(answer); err == nil && n == 48 {
			seconds := uint32(answer[40])<<24 | uint32(answer[41])<<16 | uint32(answer[42])<<8 | uint32(answer[43])
			t.Log("it is", time.Unix(int64(seconds)-2208988800, 0).UTC().Format(time.RFC3339))
			send(t)
			return
		}
	}
	t.Error("nobody answers")
}

// send sends something to the collector and wants it back, as a board does that uploads.
func send(t *testing.T) {
	c, err := net.DialTimeout("tcp", "192.0.2.100:8443", 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(15 * time.Second))
	sent := make([]byte, 300_000)
	for i := range sent {
		sent[i] = byte(i * i >> 7)
	}
	go c.Write(sent)
	back := make([]byte, len(sent))
	if _, err := io.ReadFull(c, back); err != nil || !bytes.Equal(sent, back) {
		t.Fatalf("what came back is something else: %v", err)
	}
	t.Log(len(back), "bytes there and back")
}

// echo sends everything back that it gets, and gives its address.
func echo(t *testing.T) string {
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
			go func() { io.Copy(c, c); c.Close() }()
		}
	}()
	return l.Addr().String()
}

func TestOpen(t *testing.T) {
	if _, err := Open("nobodys-card"); !errors.Is(err, hal.ErrAbsent) {
		t.Error(err)
	}
	if _, err := Open("lo"); err == nil || !strings.Contains(err.Error(), "has the address") {
		t.Errorf("a card that this computer uses: %v", err)
	}
}

// pipe is a double of a card.
type pipe struct {
	in   chan []byte
	out  chan []byte
	fail error
}

func (p *pipe) Read(b []byte) (int, error) {
	f, ok := <-p.in
	if !ok {
		return 0, os.ErrClosed
	}
	return copy(b, f), nil
}
func (p *pipe) Write(b []byte) (int, error) {
	if p.fail != nil {
		return 0, p.fail
	}
	p.out <- bytes.Clone(b)
	return len(b), nil
}
func (p *pipe) Carrier(bool) error { return nil }
func (p *pipe) Close() error       { close(p.in); return nil }

// TestJoin holds what goes over the socket against what QEMU says of it: four bytes of length, then the frame.
func TestJoin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wire")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := &pipe{in: make(chan []byte), out: make(chan []byte, 1)}
	w, err := Join(p, path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	p.in <- []byte("frame")
	b := make([]byte, 9)
	if _, err := conn.Read(b); err != nil || string(b) != "\x00\x00\x00\x05frame" {
		t.Errorf("%q, %v", b, err)
	}
	conn.Write([]byte("\x00\x00\x00\x03abc"))
	if got := <-p.out; string(got) != "abc" {
		t.Errorf("%q", got)
	}
	p.fail = unix.ENETDOWN // its cable is out: what is sent is lost, and no error
	conn.Write([]byte("\x00\x00\x00\x03abc\xff\x00\x00\x00"))
	for end := time.Now().Add(10 * time.Second); w.Err() == nil && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	if err := w.Err(); err == nil || !strings.Contains(err.Error(), "a frame of 4278190080 bytes") {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Join(&pipe{}, path+"-none"); err == nil {
		t.Error("no segment")
	}
}
