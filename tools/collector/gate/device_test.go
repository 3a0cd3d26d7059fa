package gate_test

import (
	"context"
	"net"
	"testing"
	"time"

	"tellijn/firmware/upload/https"
	"tellijn/firmware/upload/peer"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/gate"
)

// The device's own client, with nothing but the files that enrol made, over one connection; also while its
// clock stands where it never was told the time.
func TestDevice(t *testing.T) {
	r := open(t, gate.Ordinary())
	id, err := peer.Load(r.bundle)
	if err != nil {
		t.Fatal(err)
	}
	for _, now := range []time.Time{time.Now(), time.Unix(0, 0), collectortest.Start()} {
		dials := 0
		client := https.New(https.Options{Address: r.address,
			Dial: func(ctx context.Context) (net.Conn, error) {
				dials++
				return (&net.Dialer{}).DialContext(ctx, "tcp", r.address)
			},
			Secure: func(ctx context.Context, conn net.Conn) (net.Conn, error) {
				return id.Secure(ctx, conn, "127.0.0.1", now)
			}})
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		for range 3 {
			p := r.device.Pack(r.device.Record(nil), r.device.Entry())
			answer, err := client.Exchange(ctx, encoded(t, p))
			if err != nil {
				t.Fatal(now, err)
			}
			collectortest.Read(t, r.Key.Public(), p, answer)
		}
		cancel()
		client.Close()
		if dials != 1 {
			t.Errorf("%d connections", dials)
		}
	}
	if s := r.State("door"); s.Stored != 18 {
		t.Errorf("%+v", s)
	}
}
