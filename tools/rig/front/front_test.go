package front_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"tellijn/firmware/upload/https"
	"tellijn/firmware/upload/peer"
	"tellijn/privacy/batch"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/faults/hostile"
	"tellijn/tools/rig/front"
	"tellijn/tools/rig/receiver"
)

const place = "192.0.2.100"

// door is a device with the real client of a device.
type door struct {
	*collectortest.Device
	t     *testing.T
	r     *receiver.Receiver
	f     *front.Front
	id    peer.Identity
	own   *tls.Certificate // set for one that believes anybody
	files map[string][]byte
	some  [][]byte // what it has no receipt for
}

func open(t *testing.T) *door {
	t.Helper()
	now := collectortest.Start()
	r, err := receiver.Start(t.TempDir(), place+":8443", func() time.Time { return now.Add(time.Hour) }, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	f, err := front.New(r.Address, r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(f.Close(), r.Close()); err != nil {
			t.Error(err)
		}
	})
	d := &door{Device: collectortest.NewDevice(t, "north-door", now), t: t, r: r, f: f}
	if d.files, err = r.Enrol(d.Name, d.Key.Public(), false); err != nil {
		t.Fatal(err)
	}
	if d.id, err = peer.Parse(d.files["ca.pem"], d.files["device.pem"], d.files["device.key"]); err != nil {
		t.Fatal(err)
	}
	return d
}

// send makes one exchange as a device does, with all that waits, and tells whether there was a receipt for it.
func (d *door) send(patience time.Duration) error {
	d.t.Helper()
	if len(d.some) < 4 {
		d.some = append(d.some, d.Record(nil), d.Entry())
	}
	b := d.Pack(d.some...)
	body, err := batch.Encode(b)
	if err != nil {
		d.t.Fatal(err)
	}
	c := https.New(https.Options{Address: place + ":8443",
		Dial: func(ctx context.Context) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", d.f.Address())
		},
		Secure: func(ctx context.Context, conn net.Conn) (net.Conn, error) {
			if d.own != nil {
				return tls.Client(conn, &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{*d.own}}), nil
			}
			return d.id.Secure(ctx, conn, place, time.Now())
		}})
	defer c.Close()
	ctx, stop := context.WithTimeout(d.t.Context(), patience)
	defer stop()
	answer, err := c.Exchange(ctx, body)
	if err != nil {
		return err
	}
	a, err := batch.DecodeAnswer(answer)
	if err != nil {
		return err
	}
	receipt, err := batch.OpenReceipt(d.r.Key().Public(), a.Receipt)
	if err == nil {
		err = receipt.Answers(b)
	}
	if err == nil && slices.ContainsFunc(receipt.Verdicts, func(v batch.Verdict) bool { return v.Outcome != batch.Stored }) {
		d.t.Errorf("refused: %+v", receipt.Verdicts)
	}
	if err == nil {
		d.some = nil
	}
	return err
}

// Each kind strikes, no device takes its answers for a receipt, and an honest one has everything in the end.
func TestKinds(t *testing.T) {
	d := open(t)
	if err := d.send(10 * time.Second); err != nil || d.f.Struck() != 0 {
		t.Fatalf("honest: %v, struck %d", err, d.f.Struck())
	}
	for kind, times := range map[string]int{"away": 3, "garbage": 9, "refusing": 5, "forging": 3, "dropping": 5, "impostor": 3, "slow": 1} {
		if err := d.f.Be(kind); err != nil {
			t.Fatal(kind, err)
		}
		before := d.f.Struck()
		patience := 20 * time.Second
		if kind == "slow" {
			patience = time.Second
		}
		for i := range times {
			if err := d.send(patience); err == nil {
				t.Errorf("%s, exchange %d: a receipt", kind, i)
			} else if errors.Is(err, peer.ErrStranger) != (kind == "impostor") {
				t.Errorf("%s, exchange %d: %v", kind, i, err)
			}
		}
		if n := d.f.Struck() - before; n < int64(times) {
			t.Errorf("%s struck %d times of %d", kind, n, times)
		}
	}
	for _, kind := range []string{"replaying", "altering"} { // what cannot be altered comes through
		if err := d.f.Be(kind); err != nil {
			t.Fatal(kind, err)
		}
		before, not := d.f.Struck(), 0
		for range 14 {
			if d.send(20*time.Second) != nil {
				not++
			}
		}
		if n := d.f.Struck() - before; n < 10 || not < 7 {
			t.Errorf("%s struck %d times of 14, and %d had no receipt", kind, n, not)
		}
	}
	if err := d.f.Be("honest"); err != nil {
		t.Error(err)
	}
	if err := d.send(20 * time.Second); err != nil {
		t.Errorf("honest again: %v", err)
	}
	if v, err := d.r.Verify(); err != nil || v.Records == 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

// A collector that forgets is believed, since it has its own key: what is missing then is seen at the collector.
func TestForgetting(t *testing.T) {
	d := open(t)
	for _, kind := range []string{"honest", "forgetting", "honest"} {
		if err := d.f.Be(kind); err != nil {
			t.Fatal(err)
		}
		if err := d.send(20 * time.Second); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
	}
	if v, err := d.r.Verify(); !errors.Is(err, receiver.ErrFaults) || v.Missing < 1 || d.f.Struck() != 1 {
		t.Errorf("%+v, %v, struck %d", v, err, d.f.Struck())
	}
}

// Connections that stand end when it is another one, or they would go on as they were.
func TestHangsUp(t *testing.T) {
	d := open(t)
	c, err := net.Dial("tcp", d.f.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	hear := func(d time.Duration) error {
		c.SetReadDeadline(time.Now().Add(d))
		_, err := c.Read(make([]byte, 1))
		return err
	}
	if err := hear(200 * time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("it stands: %v", err)
	}
	if err := d.f.Be("slow"); err != nil {
		t.Fatal(err)
	}
	if err := hear(3 * time.Second); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it still stands: %v", err)
	}
}

// A device that believes somebody else is noticed, and so is a kind that is none.
func TestBelieved(t *testing.T) {
	d := open(t)
	if err := d.f.Be("impostor"); err != nil {
		t.Fatal(err)
	}
	own, err := tls.X509KeyPair(d.files["device.pem"], d.files["device.key"])
	if err != nil {
		t.Fatal(err)
	}
	d.own = &own
	if err := d.send(10 * time.Second); err == nil {
		t.Error("an impostor gave a receipt")
	}
	if err := d.f.Be("honest"); !errors.Is(err, hostile.ErrBelieved) {
		t.Errorf("%v", err)
	}
	if err := d.f.Be("drunk"); err == nil {
		t.Error("a kind that is none")
	}
}
