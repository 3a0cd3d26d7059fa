package gdb_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/tools/rig/gdb"
	"tellijn/tools/rig/gdb/gdbtest"
)

// stub answers as QEMU does. It notes what it was asked.
type stub struct {
	mu      sync.Mutex
	asked   []string
	answers map[string]string // what begins with the key; "OK" for all else
	conn    net.Conn
}

func (s *stub) answer(question string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, question)
	answer := "OK"
	for key, a := range s.answers {
		if strings.HasPrefix(question, key) {
			answer = a
		}
	}
	return answer
}

func (s *stub) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := strings.Join(s.asked, " ")
	s.asked = nil
	return all
}

func begin(t *testing.T, answers map[string]string) (*gdb.Client, *stub) {
	t.Helper()
	s := &stub{answers: map[string]string{"qSupported": "PacketSize=1000", "qXfer": "m<", "?": "T05thread:01;",
		"qfThreadInfo": "m01,02", "qsThreadInfo": "l", "vCont;s": "T05thread:02;"}}
	for k, v := range answers {
		s.answers[k] = v
	}
	var c *gdb.Client
	c, s.conn = gdbtest.Begin(t, s.answer)
	s.all()
	return c, s
}

func TestClient(t *testing.T) {
	c, s := begin(t, map[string]string{"p20": "1000000080ffffff", "p21": "c5030060", "m1000,4": "01020304", "m2000": "E14", "Z0,8": "E22", "vCont;c": "T05thread:02;"})
	if names, err := c.Processors(); err != nil || fmt.Sprint(names) != "[01 02]" {
		t.Errorf("%v, %v", names, err)
	}
	if pc, err := c.Get("02", gdb.PC); err != nil || pc != 0xffffff8000000010 {
		t.Errorf("%#x, %v", pc, err)
	}
	if state, err := c.Get("02", gdb.State); err != nil || state != 0x600003c5 {
		t.Errorf("%#x, %v", state, err)
	}
	s.all()
	if err := errors.Join(c.Set("01", 3, 0x1234), c.Set("02", gdb.State, 0x3c5), c.Break(0x11000), c.Step("02"), c.Clear(0x11000)); err != nil {
		t.Error(err)
	}
	if got, want := s.all(), "Hg01 P3=3412000000000000 Hg02 P21=c5030000 Z0,11000,4 vCont;s:02 z0,11000,4"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if b, err := c.Read("01", 0x1000, 4); err != nil || fmt.Sprint(b) != "[1 2 3 4]" {
		t.Errorf("%v, %v", b, err)
	}
	if _, err := c.Read("01", 0x2000, 4); !errors.Is(err, gdb.ErrRefused) {
		t.Errorf("memory that is not there: %v", err)
	}
	if err := c.Break(0x80); !errors.Is(err, gdb.ErrRefused) {
		t.Errorf("a stop that is refused: %v", err)
	}
	if cpu, err := c.Go(t.Context()); err != nil || cpu != "02" {
		t.Errorf("%q, %v", cpu, err)
	}
	if err := c.Close(); err != nil || !strings.HasSuffix(s.all(), " D") {
		t.Error(err)
	}
}

// A machine that does not stop by itself is stopped when the time is over.
func TestLate(t *testing.T) {
	c, _ := begin(t, map[string]string{"vCont;c": gdbtest.Silence})
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	began := time.Now()
	if cpu, err := c.Go(ctx); !errors.Is(err, context.DeadlineExceeded) || cpu != "" || time.Since(began) > 10*time.Second {
		t.Errorf("%q, %v, after %v", cpu, err, time.Since(began))
	}
	if err := c.Break(0x1000); err != nil { // and still listens
		t.Error(err)
	}
}

func TestStrangers(t *testing.T) {
	for answer, ask := range map[string]func(*gdb.Client) error{
		"p0|12":       func(c *gdb.Client) error { _, err := c.Get("01", 0); return err },
		"p0|xyxyxyxy": func(c *gdb.Client) error { _, err := c.Get("01", 0); return err },
		"m|":          func(c *gdb.Client) error { _, err := c.Read("01", 0, 4); return err },
		"m|0":         func(c *gdb.Client) error { _, err := c.Read("01", 0, 4); return err },
		"vCont;s|T":   func(c *gdb.Client) error { return c.Step("01") },
		"vCont;c|W00": func(c *gdb.Client) error { _, err := c.Go(t.Context()); return err },
	} {
		key, value, _ := strings.Cut(answer, "|")
		c, _ := begin(t, map[string]string{key: value})
		if err := ask(c); !errors.Is(err, gdb.ErrMalformed) {
			t.Errorf("%q: %v", answer, err)
		}
	}
	c, s := begin(t, map[string]string{"vCont;c": gdbtest.Silence})
	go func() {
		time.Sleep(50 * time.Millisecond)
		s.conn.Close()
	}()
	if _, err := c.Go(t.Context()); err == nil {
		t.Error("a machine that went away")
	}
}
