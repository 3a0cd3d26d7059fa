package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tellijn/firmware/upload/mqtt"
	"tellijn/firmware/upload/mqtt/mosquittotest"
	"tellijn/privacy/batch"
	"tellijn/tools/collector/collectortest"
)

// The real program, the real broker and the device's own client. The broker and the collector are killed in
// turn, and everything goes on by itself.
func TestThroughBroker(t *testing.T) {
	b := mosquittotest.Start(t, nil)
	program, dir := build(t), short(t)
	d := collectortest.NewDevice(t, "north", time.Now().Add(-time.Hour))
	enrolled(t, dir, d, "-kind", "mqtt", "-host", b.Address)
	args := []string{"-mqtt", b.Address, "-mqtt-plain"}
	p := serve(t, program, dir, args...)
	client := mqtt.New(mqtt.Options{Device: "north", Dial: func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", b.Address)
	}})
	defer client.Close()
	stored := 0
	exchange := func() {
		t.Helper()
		pack := d.Pack(d.Record(nil), d.Entry())
		body, err := batch.Encode(pack)
		if err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(20 * time.Second); ; {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			answer, err := client.Exchange(ctx, body)
			cancel()
			if err == nil {
				collectortest.Read(t, p.key, pack, answer)
				stored += len(pack.Items)
				return
			}
			if time.Now().After(end) {
				t.Fatalf("no answer: %v\n%s", err, p.said)
			}
		}
	}
	exchange()
	_ = p.end(syscall.SIGKILL)
	p = serve(t, program, dir, args...)
	exchange()
	b.Stop()
	b.Again()
	exchange()
	if code, out, errs := command(t, "verify", "-dir", dir); code != 0 || stored != 6 || !strings.Contains(out, "looked at 3 records, 3 log entries") {
		t.Error(code, out, errs, stored)
	}
}

// A disk without room: devices are told to try again, nothing is acknowledged, and what was not stored is
// taken as soon as there is room. Commands answer meanwhile.
func TestNoRoomOnTheDisk(t *testing.T) {
	program, dir := build(t), short(t)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m,mode=700"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	d := collectortest.NewDevice(t, "north", time.Now().Add(-time.Hour))
	c, _ := enrolled(t, dir, d)
	p := serve(t, program, dir)
	post(t, c, p, d, d.Record(nil))
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 12<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	next := d.Record(nil)
	body, _ := batch.Encode(d.Pack(next))
	for range 3 {
		a, err := c.Post("https://"+p.address+batch.Path, batch.Type, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		if a.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("status %d", a.StatusCode)
		}
	}
	if code, out, errs := command(t, "verify", "-dir", dir); code != 0 || !strings.Contains(out, "looked at 1 records") {
		t.Error(code, out, errs)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	post(t, c, p, d, next)
	if code, out, errs := command(t, "verify", "-dir", dir); code != 0 || !strings.Contains(out, "looked at 2 records") {
		t.Error(code, out, errs)
	}
	_ = p.end(syscall.SIGTERM)
}
