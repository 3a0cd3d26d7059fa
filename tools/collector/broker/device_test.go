package broker_test

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"testing"
	"time"

	"tellijn/firmware/upload/mqtt"
	"tellijn/firmware/upload/peer"
	"tellijn/privacy/batch"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/enrol"
)

// The device's own client, the real broker and the collector, with nothing but the files that enrol made.
func TestDevice(t *testing.T) {
	c := collectortest.New(t)
	d := collectortest.NewDevice(t, "north", c.At)
	files := c.Enrol(d, false)
	address := mosquitto(t, func(port string) string {
		conf, err := enrol.Broker(c.Dir, []string{"localhost:" + port}, t.TempDir(), c.At)
		if err != nil {
			t.Fatal(err)
		}
		return conf
	})
	pool, _, err := c.Reg.Pool()
	if err != nil {
		t.Fatal(err)
	}
	own, err := c.Reg.Collector()
	if err != nil {
		t.Fatal(err)
	}
	attend(t, c, address, &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{*own}, ServerName: "localhost"})
	id, err := peer.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	client := mqtt.New(mqtt.Options{Device: "north",
		Dial: func(ctx context.Context) (net.Conn, error) { return (&net.Dialer{}).DialContext(ctx, "tcp", address) },
		Secure: func(ctx context.Context, conn net.Conn) (net.Conn, error) {
			return id.Secure(ctx, conn, "localhost", time.Now())
		}})
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for n := range 3 {
		var things [][]byte
		for range 1 + n*15 {
			things = append(things, d.Record(nil), d.Entry())
		}
		p := d.Pack(things...)
		answer, err := client.Exchange(ctx, encoded(t, p))
		if err != nil {
			t.Fatal(err)
		}
		verdicts, _ := collectortest.Read(t, c.Key.Public(), p, answer)
		if slices.ContainsFunc(verdicts, func(v batch.Verdict) bool { return v.Outcome != batch.Stored }) {
			t.Error(verdicts)
		}
	}
}
