package disk

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// client is the other side, as QEMU is: it asks for the export by GO.
type client struct {
	t      *testing.T
	c      net.Conn
	locked bool // it was told so
}

func reader(t *testing.T) (*Disk, string, *client) {
	t.Helper()
	dir, err := os.MkdirTemp("", "nbd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	image, socket := filepath.Join(dir, "image"), filepath.Join(dir, "s")
	if err := os.WriteFile(image, bytes.Repeat([]byte("0123456789abcdef"), 64), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Serve(image, socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	c, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return d, image, &client{t: t, c: c}
}

func (c *client) get(v any) {
	c.t.Helper()
	if err := binary.Read(c.c, binary.BigEndian, v); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) put(all ...any) {
	c.t.Helper()
	if err := words(c.c, all...); err != nil {
		c.t.Fatal(err)
	}
}

// greet agrees on the export and gives its size.
func (c *client) greet() uint64 {
	c.t.Helper()
	var hello struct {
		Magic, Opt uint64
		Flags      uint16
	}
	c.get(&hello)
	if hello.Magic != greeting || hello.Opt != haveOpt || hello.Flags != 1 {
		c.t.Fatalf("greeting %+v", hello)
	}
	c.put(uint32(1))
	var answer struct {
		Magic                uint64
		Option, Kind, Length uint32
	}
	c.put(uint64(haveOpt), uint32(99), uint32(3), []byte("abc")) // nobody knows it
	if c.get(&answer); answer.Kind != repUnsup {
		c.t.Fatalf("%+v", answer)
	}
	c.put(uint64(haveOpt), uint32(optGo), uint32(6), uint32(0), uint16(0))
	var info struct {
		Type  uint16
		Size  uint64
		Flags uint16
	}
	c.get(&answer)
	c.get(&info)
	if answer.Magic != optReply || answer.Kind != repInfo || info.Flags&^flagRead != flags {
		c.t.Fatalf("%+v %+v", answer, info)
	}
	c.locked = info.Flags&flagRead != 0
	if c.get(&answer); answer.Kind != repAck {
		c.t.Fatalf("%+v", answer)
	}
	return info.Size
}

// do makes one request and gives the error number and the data.
func (c *client) do(kind uint16, from uint64, length int, data []byte) (uint32, []byte) {
	c.t.Helper()
	c.put(uint32(request), uint16(0), kind, uint64(77), from, uint32(length), data)
	var r struct {
		Magic, Error uint32
		Handle       uint64
	}
	c.get(&r)
	if r.Magic != reply || r.Handle != 77 {
		c.t.Fatalf("%+v", r)
	}
	if kind != cmdRead || r.Error != 0 {
		return r.Error, nil
	}
	b := make([]byte, length)
	if _, err := io.ReadFull(c.c, b); err != nil {
		c.t.Fatal(err)
	}
	return 0, b
}

func TestDisk(t *testing.T) {
	d, image, c := reader(t)
	if n := c.greet(); n != 1024 || c.locked {
		t.Fatalf("%d bytes, locked %v", n, c.locked)
	}
	if e, b := c.do(cmdRead, 10, 8, nil); e != 0 || string(b) != "abcdef01" {
		t.Errorf("%d %q", e, b)
	}
	if e, _ := c.do(cmdWrite, 16, 4, []byte("WXYZ")); e != 0 {
		t.Errorf("writing: %d", e)
	}
	if e, _ := c.do(cmdFlush, 0, 0, nil); e != 0 {
		t.Errorf("flush: %d", e)
	}
	d.WearOut()
	if e, _ := c.do(cmdWrite, 16, 4, []byte("NONO")); e != ioError || d.Refused() != 1 {
		t.Errorf("writing to a worn one: %d, %d refused", e, d.Refused())
	}
	if e, b := c.do(cmdRead, 16, 6, nil); e != 0 || string(b) != "WXYZ45" {
		t.Errorf("%d %q", e, b)
	}
	if e, _ := c.do(cmdRead, 1020, 8, nil); e != ioError {
		t.Errorf("behind the end: %d", e)
	}
	if e, _ := c.do(9, 0, 0, nil); e == 0 {
		t.Error("what it does not know succeeds")
	}
	if b, err := os.ReadFile(image); err != nil || string(b[16:22]) != "WXYZ45" {
		t.Errorf("%q, %v", b[16:22], err)
	}
}

// TestRubbish: whoever does not speak the protocol is left.
func TestRubbish(t *testing.T) {
	_, _, c := reader(t)
	c.greet()
	c.put(bytes.Repeat([]byte{0xFF}, 28))
	if _, err := c.c.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("%v, want the end", err)
	}
}
