package disk

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/tools/rig/disk/moment"
)

// again is a machine that starts after the power was cut.
func again(t *testing.T, path string) *client {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	n := &client{t: t, c: c}
	n.greet()
	return n
}

func (c *client) write(from uint64, text string) {
	c.t.Helper()
	if e, _ := c.do(cmdWrite, from, len(text), []byte(text)); e != 0 {
		c.t.Fatalf("writing at %d: error %d", from, e)
	}
}

func (c *client) read(from uint64, n int) string {
	c.t.Helper()
	e, b := c.do(cmdRead, from, n, nil)
	if e != 0 {
		c.t.Fatalf("reading at %d: error %d", from, e)
	}
	return string(b)
}

// TestCut writes 1, flushes it, writes 2 over a part of it and 3 elsewhere, and cuts the power. What an honest card
// has then, and what those have that lie.
func TestCut(t *testing.T) {
	const old = "0123456789abcdef"
	one, two, three := strings.Repeat("1", 16), strings.Repeat("2", 8), strings.Repeat("3", 1024)
	before := strings.Repeat(old, 64)
	for _, tc := range []struct {
		fault        string
		first, third string
		struck       int64
	}{
		{None, two + one[8:], three, 0},
		{Slow, two + one[8:], three, 4}, // writes and flushes
		{Lying, one, before[:1024], 2},
		{Tearing, one, three[:512] + before[512:1024], 2},
		{Deaf, old, before[:1024], 3},
	} {
		t.Run(tc.fault, func(t *testing.T) {
			d, image, c := reader(t)
			if err := os.Truncate(image, 4096); err != nil {
				t.Fatal(err)
			}
			d.size = 4096
			if _, err := d.f.WriteAt(bytes.Repeat([]byte(old), 256), 0); err != nil {
				t.Fatal(err)
			}
			c.greet()
			if err := d.Be(tc.fault); err != nil {
				t.Fatal(err)
			}
			c.write(0, one)
			if e, _ := c.do(cmdFlush, 0, 0, nil); e != 0 {
				t.Fatalf("flush: %d", e)
			}
			c.write(0, two)
			c.write(2048, three)
			if got := c.read(0, 16) + c.read(2048, 1024); got != two+one[8:]+three {
				t.Errorf("before the cut %q", got)
			}
			if err := d.Cut(); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(image)
			if err != nil || string(b[:16]) != tc.first || string(b[2048:3072]) != tc.third || d.Struck() != tc.struck {
				t.Errorf("%q, %q..., %v; struck %d times, want %d", b[:16], b[2048:2064], err, d.Struck(), tc.struck)
			}
			if again(t, filepath.Join(filepath.Dir(image), "s")).read(0, 16) != tc.first {
				t.Error("the next machine reads something else")
			}
		})
	}
}

// TestForced has a write that may not be lost, between two that may.
func TestForced(t *testing.T) {
	d, image, c := reader(t)
	c.greet()
	if err := d.Be(Lying); err != nil {
		t.Fatal(err)
	}
	c.write(0, "aaaa")
	c.put(uint32(request), uint16(flagFUA), uint16(cmdWrite), uint64(77), uint64(2), uint32(4), []byte("bbbb"))
	var r struct {
		Magic, Error uint32
		Handle       uint64
	}
	if c.get(&r); r.Error != 0 {
		t.Fatal(r)
	}
	c.write(4, "cccc")
	if err := d.Cut(); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(image); err != nil || string(b[:8]) != "01bbbb67" || d.Struck() != 2 {
		t.Errorf("%q, %v, struck %d", b[:8], err, d.Struck())
	}
}

// TestBroken refuses everything until it is healed; a fault that is not known is an error.
func TestBroken(t *testing.T) {
	d, _, c := reader(t)
	c.greet()
	if err := d.Be("moody"); err == nil || !strings.Contains(err.Error(), "moody") {
		t.Error(err)
	}
	if err := d.Be(Broken); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []uint16{cmdRead, cmdWrite, cmdFlush} {
		data := []byte(nil)
		if kind == cmdWrite {
			data = []byte("abcd")
		}
		if e, _ := c.do(kind, 0, 4, data); e != ioError {
			t.Errorf("request %d of a broken card: %d", kind, e)
		}
	}
	if d.Struck() != 3 || d.Refused() != 1 {
		t.Errorf("struck %d, refused %d", d.Struck(), d.Refused())
	}
	d.Heal()
	if got := c.read(0, 4); got != "0123" {
		t.Errorf("%q", got)
	}
}

// TestLocked refuses writes at once, says why to whoever begins later, and gives what it has.
func TestLocked(t *testing.T) {
	d, _, c := reader(t)
	c.greet()
	if err := d.Be(Locked); err != nil || !d.Locked() || c.locked {
		t.Fatalf("%v, locked %v, told %v", err, d.Locked(), c.locked)
	}
	if e, _ := c.do(cmdWrite, 0, 4, []byte("NONO")); e != ioError || c.read(0, 4) != "0123" || d.Struck() != 1 {
		t.Errorf("writing: %d, struck %d", e, d.Struck())
	}
	later := func() *client {
		conn, err := net.Dial("unix", d.l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		c := &client{t: t, c: conn}
		c.greet()
		return c
	}
	if c := later(); !c.locked || c.read(0, 4) != "0123" || d.Struck() != 2 {
		t.Errorf("told %v, struck %d", c.locked, d.Struck())
	}
	d.Heal()
	if c := later(); c.locked || d.Locked() || d.Struck() != 2 {
		t.Errorf("told %v, struck %d", c.locked, d.Struck())
	}
}

// TestCatch holds the reader when the collector has a record: what is written from then on is never answered and is not
// on the card.
func TestCatch(t *testing.T) {
	d, image, c := reader(t)
	c.greet()
	if err := d.Catch(t.Context(), "tea time"); err == nil {
		t.Error("a moment that nobody knows")
	}
	short, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	if err := d.Catch(short, "record half"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	caught := make(chan error, 1)
	go func() { caught <- d.Catch(t.Context(), "sent") }()
	for waits := false; !waits; time.Sleep(time.Millisecond) {
		d.mu.Lock()
		waits = d.catch != nil
		d.mu.Unlock()
	}
	c.write(0, "abcd")
	d.Note("log entry 1")
	c.write(4, "efgh")
	d.Note("record 1 of rig-door")
	if err := <-caught; err != nil {
		t.Fatal(err)
	}
	c.put(uint32(request), uint16(0), uint16(cmdWrite), uint64(78), uint64(8), uint32(4), []byte("NONO"))
	c.c.SetDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := c.c.Read(make([]byte, 1)); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d bytes, %v, want no answer", n, err)
	}
	if err := d.Cut(); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(image); err != nil || string(b[:12]) != "abcdefgh89ab" {
		t.Errorf("%q, %v", b[:12], err)
	}
	if got := again(t, filepath.Join(filepath.Dir(image), "s")).read(0, 12); got != "abcdefgh89ab" {
		t.Errorf("%q after the cut", got)
	}
	if d.Seen()["sent"] != 1 {
		t.Errorf("seen %v", d.Seen())
	}
}

// TestHeldWrite: a moment holds an honest card before the write that tells it, and one that lies behind it, or there
// would be nothing to lose.
func TestHeldWrite(t *testing.T) {
	for fault, lost := range map[string]int64{None: 0, Lying: 1, Tearing: 1} {
		d, image, c := reader(t)
		c.greet()
		if err := d.Be(fault); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(image, 1<<16); err != nil {
			t.Fatal(err)
		}
		d.mu.Lock()
		d.size = 1 << 16
		hit := make(chan struct{})
		d.catch = &catch{moment.Queued + moment.Begins, hit}
		d.mu.Unlock()
		for _, records := range []byte{1, 2} {
			page := queuePage(records)
			c.put(uint32(request), uint16(0), uint16(cmdWrite), uint64(77), uint64(4096), uint32(len(page)), page)
			if records == 1 {
				var r [16]byte
				c.get(&r)
			}
		}
		<-hit
		if err := d.Cut(); err != nil || fault != None && d.Struck() < lost || fault == None && d.Struck() != 0 {
			t.Errorf("%s: %v, struck %d", fault, err, d.Struck())
		}
	}
}

// queuePage is a leaf of the courier's queue that says how many records wait.
func queuePage(records byte) []byte {
	b := make([]byte, 4096)
	b[8], b[10] = 2, 2
	at := 16 + 2*16
	for i, key := range []string{"put", "waiting1"} {
		e := b[16+16*i:]
		e[4], e[8], e[12] = byte(at-16-16*i), byte(len(key)), 8
		at += copy(b[at:], key)
		b[at+7] = records
		at += 8
	}
	return b
}
