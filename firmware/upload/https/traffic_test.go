package https

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"tellijn/firmware/upload/collectortest"
	"tellijn/firmware/upload/peer"
	"tellijn/firmware/upload/peer/peertest"
)

// counted is a connection that counts its bytes.
type counted struct {
	net.Conn
	up, down *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.down.Add(int64(n))
	return n, err
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.up.Add(int64(n))
	return n, err
}

// TestTraffic counts what goes over the wire, TLS included, for a record of 600 bytes and for a poll: it
// is the same each time, and 96 records and 96 polls a day leave room in 256 KiB.
func TestTraffic(t *testing.T) {
	a, col := peertest.New(t), collectortest.New()
	s := serve(t, a, col)
	f := a.Device("north-door")
	id, err := peer.Parse(f[0], f[1], f[2])
	if err != nil {
		t.Fatal(err)
	}
	var up, down atomic.Int64
	c := New(Options{Address: "collector.example:8443", Dial: func(ctx context.Context) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Listener.Addr().String())
		return counted{conn, &up, &down}, err
	}, Secure: func(ctx context.Context, conn net.Conn) (net.Conn, error) {
		return id.Secure(ctx, conn, "127.0.0.1", time.Now())
	}})
	defer c.Close()
	send := func(items int) (u, d int64) {
		t.Helper()
		u, d = up.Load(), down.Load()
		if _, err := c.Exchange(within(t, 10*time.Second), some(t, items)); err != nil {
			t.Fatal(err)
		}
		return up.Load() - u, down.Load() - d
	}
	firstUp, firstDown := send(1) // with the handshake, and a ticket for a session that nobody resumes
	recordUp, recordDown := send(1)
	pollUp, pollDown := send(0)
	for range 20 {
		if u, d := send(1); u != recordUp || d != recordDown {
			t.Errorf("%d up and %d down for a record, before %d and %d", u, d, recordUp, recordDown)
		}
		if u, d := send(0); u != pollUp || d != pollDown {
			t.Errorf("%d up and %d down for a poll, before %d and %d", u, d, pollUp, pollDown)
		}
	}
	t.Logf("first %d up, %d down; a record %d up, %d down; a poll %d up, %d down", firstUp, firstDown, recordUp, recordDown, pollUp, pollDown)
	if day := 96 * (recordUp + pollUp); day > 128<<10 {
		t.Errorf("%d bytes a day without what TCP adds", day)
	}
	if n := len(col.Batches()); n != 43 {
		t.Errorf("%d batches", n)
	}
}
