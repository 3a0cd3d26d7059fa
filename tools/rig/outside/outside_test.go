package outside

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/rig/bench"
)

// TestCollector gives it what a device sends, and makes it another one.
func TestCollector(t *testing.T) {
	now := collectortest.Start()
	said := make(chan string, 9)
	out, _ := start(t, Options{Now: func() time.Time { return now.Add(time.Hour) }, Say: func(s string) { said <- s }})
	var c bench.Collector = out.Collector()
	d := collectortest.NewDevice(t, "north-door", now)
	if _, err := out.Receiver.Enrol(d.Name, d.Key.Public(), false); err != nil {
		t.Fatal(err)
	}
	p := d.Pack(d.Record(nil), d.Entry())
	p.Waiting = 5
	b, err := batch.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Receiver.Handle(d.Name, b); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	enough := func(n int) func([]record.Record, []devicelog.Entry) bool {
		return func(rs []record.Record, es []devicelog.Entry) bool { return len(rs) == n && len(es) == n }
	}
	if err := c.Await(ctx, enough(1)); err != nil || len(c.Records()) != 1 || len(c.Events()) != 1 || len(said) != 2 {
		t.Errorf("%v, %d records, %d entries, %d lines", err, len(c.Records()), len(c.Events()), len(said))
	}
	stop()
	if err := c.Await(ctx, enough(2)); !errors.Is(err, context.Canceled) {
		t.Errorf("two have come: %v", err)
	}
	if n, again := c.Waiting(), c.Waiting(); n != 5 || again != 0 {
		t.Errorf("%d wait, then %d", n, again)
	}
	if err := c.Verify(); err != nil {
		t.Error(err)
	}
	if err := c.Be("garbage"); err != nil || c.Struck() != 0 || c.Be("drunk") == nil {
		t.Errorf("%v, struck %d", err, c.Struck())
	}
	conn, err := net.Dial("tcp", out.Front.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if b, err := io.ReadAll(conn); err != nil || len(b) == 0 || c.Struck() != 1 {
		t.Errorf("%d bytes, %v, struck %d", len(b), err, c.Struck())
	}
	if err := out.Receiver.Close(); err != nil {
		t.Fatal(err)
	}
	if c.Verify() == nil {
		t.Error("what nobody can read verifies")
	}
	out.Receiver = nil // for the end
}

// TestStart: what cannot be started whole leaves nothing running that would be in the way of the next.
func TestStart(t *testing.T) {
	dir, err := os.MkdirTemp("", "out")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	o := Options{Dir: dir, Now: time.Now, Say: func(string) {}}
	wire := filepath.Join(dir, "wire")
	if err := os.WriteFile(wire, nil, 0o600); err != nil { // where the end of the cable has to be
		t.Fatal(err)
	}
	if out, err := Start(o); err == nil || out != nil {
		t.Fatalf("without a cable: %v, %v", out, err)
	}
	if err := os.RemoveAll(wire); err != nil {
		t.Fatal(err)
	}
	out, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Error(err)
	}
	if conn, err := net.Dial("unix", out.Wire); err == nil {
		conn.Close()
		t.Error("the cable is still there")
	}
}
