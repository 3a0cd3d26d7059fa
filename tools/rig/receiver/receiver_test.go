package receiver

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/collector/collectortest"
)

// TestReceiver gives it what a device sends, twice, and something that was changed.
func TestReceiver(t *testing.T) {
	var mu sync.Mutex
	var said []string
	now := collectortest.Start()
	r, err := Start(t.TempDir(), "192.0.2.100:8443", func() time.Time { return now }, func(l string) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, l)
	})
	if err != nil {
		t.Fatal(err)
	}
	d := collectortest.NewDevice(t, "north-door", now)
	files, err := r.Enrol(d.Name, d.Key.Public(), false)
	if err != nil || files["ca.pem"] == nil || files["device.pem"] == nil || !strings.Contains(string(files["upload.toml"]), `address = "192.0.2.100:8443"`) {
		t.Fatalf("%q, %v", files, err)
	}
	if _, err := r.Enrol(d.Name, d.Key.Public(), false); err == nil {
		t.Error("enrolled twice")
	}
	first, entry := d.Record(nil), d.Entry()
	now = d.At
	give := func(things ...[]byte) {
		t.Helper()
		b, err := batch.Encode(d.Pack(things...))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Handle(d.Name, b); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	arrived := make(chan error, 1)
	go func() {
		arrived <- r.Await(ctx, func(rs []record.Record, es []devicelog.Entry) bool { return len(rs) == 1 && len(es) == 1 })
	}()
	give(first, entry)
	if err := <-arrived; err != nil {
		t.Fatal(err)
	}
	if n, again := r.Waiting(), r.Waiting(); n != 2 || again != 0 {
		t.Errorf("%d waited, then %d, want 2 and none", n, again)
	}
	give(first, entry) // again
	if rs := r.Records(); len(rs) != 1 || rs[0].Device != "north-door" || len(r.Events()) != 1 {
		t.Errorf("%+v", rs)
	}
	if v, err := r.Verify(); err != nil || v.Records != 1 || v.Entries != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	d.Record(nil) // one that gets lost
	give(d.Record(nil))
	if v, err := r.Verify(); !errors.Is(err, ErrFaults) || v.Missing != 1 {
		t.Errorf("a record is missing: %+v, %v", v, err)
	}
	if _, err := r.Handle("south-door", []byte("rubbish")); err == nil {
		t.Error("rubbish was taken")
	}
	mu.Lock()
	all := strings.Join(said, "\n")
	mu.Unlock()
	for _, want := range []string{"record 0 of north-door", "log entry 1: ", "a batch of \"south-door\" was not taken"} {
		if strings.Count(all, want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, all)
		}
	}
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := r.Await(short, func([]record.Record, []devicelog.Entry) bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for what never comes: %v", err)
	}
	conn, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}).DialContext(ctx, "tcp", r.Address) // somebody without a certificate
	if err == nil {
		_, err = conn.Read(make([]byte, 1))
		conn.Close()
	}
	if err == nil {
		t.Error("a stranger was let in")
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", r.Address); err == nil {
		c.Close()
		t.Error("it still listens")
	}
}
