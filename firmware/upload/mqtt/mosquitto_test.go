package mqtt

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"tellijn/firmware/upload/collectortest"
	"tellijn/firmware/upload/mqtt/mosquittotest"
	"tellijn/firmware/upload/peer"
	"tellijn/firmware/upload/peer/peertest"
	"tellijn/privacy/batch"
)

func some(t *testing.T, n int) []byte {
	t.Helper()
	b := batch.Batch{Device: "north-door", Number: batch.Number{byte(n), 1}, Poll: true}
	for range n {
		b.Items = append(b.Items, batch.Item{Kind: batch.Record, Bytes: make([]byte, 600)})
	}
	encoded, err := batch.Encode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// options dial an address and count that.
func options(address string, dials *atomic.Int32) Options {
	return Options{Device: "north-door", Dial: func(ctx context.Context) (net.Conn, error) {
		dials.Add(1)
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}}
}

// exchange sends n items and holds the answer against them.
func exchange(t *testing.T, c *Client, n int) {
	t.Helper()
	answer, err := c.Exchange(within(t, 15*time.Second), some(t, n))
	if err != nil {
		t.Fatal(err)
	}
	a, err := batch.DecodeAnswer(answer)
	if err != nil {
		t.Fatal(err)
	}
	r, err := batch.OpenReceipt(collectortest.New().Key.Public(), a.Receipt)
	if b, _ := batch.Decode(some(t, n)); err != nil || r.Answers(&b) != nil {
		t.Fatalf("%v, %v", err, r.Answers(&b))
	}
}

// TestMosquitto sends batches of every size through a real broker, over one connection, and again after
// the broker was killed and started anew.
func TestMosquitto(t *testing.T) {
	b := mosquittotest.Start(t, nil)
	col := collectortest.New()
	for range batch.MaxEnvelopes {
		col.Envelopes = append(col.Envelopes, make([]byte, batch.MaxEnvelope))
	}
	b.Collector(col, nil)
	before := runtime.NumGoroutine()
	var dials atomic.Int32
	c := New(options(b.Address, &dials))
	for _, n := range []int{0, 1, 2, 63, 64, 1} {
		exchange(t, c, n)
	}
	if dials.Load() != 1 {
		t.Errorf("%d connections", dials.Load())
	}
	b.Stop()
	if _, err := c.Exchange(within(t, 5*time.Second), some(t, 3)); err == nil {
		t.Error("an exchange with a broker that is gone")
	}
	b.Again()
	b.Collector(col, nil)
	exchange(t, c, 3)
	b.Stop()
	for end := time.Now().Add(10 * time.Second); !c.running.over() && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	b.Again()
	b.Collector(col, nil)
	exchange(t, c, 4) // what ended while nothing was sent costs no exchange
	c.Close()
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before+12 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before+12 { // those of the later collectors
		t.Errorf("%d goroutines stay, there were %d", n, before)
	}
}

// TestStatus looks at what others see of the device: here, gone when it closes, and gone when it is cut
// off without a word.
func TestStatus(t *testing.T) {
	b := mosquittotest.Start(t, nil)
	b.Collector(collectortest.New(), nil)
	said := make(chan string, 20)
	b.Client("watcher", batch.Status("north-door"), nil, func(_ *paho.Client, p *paho.Publish) { said <- string(p.Payload) })
	hears := func(want string) {
		t.Helper()
		select {
		case got := <-said:
			if got != want {
				t.Fatalf("heard %q, want %q", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("did not hear %q", want)
		}
	}
	var dials atomic.Int32
	c := New(options(b.Address, &dials))
	exchange(t, c, 1)
	hears(batch.Here)
	c.Close()
	hears(batch.Gone)
	exchange(t, c, 1)
	hears(batch.Here)
	c.running.conn.Close()
	hears(batch.Gone)
}

// TestMosquittoTLS has a broker that wants a certificate, and one of another authority.
func TestMosquittoTLS(t *testing.T) {
	a, stranger := peertest.New(t), peertest.New(t)
	b := mosquittotest.Start(t, a)
	f := a.Device("collector")
	pair, err := tls.X509KeyPair(f[1], f[2])
	if err != nil {
		t.Fatal(err)
	}
	b.Collector(collectortest.New(), &tls.Config{Certificates: []tls.Certificate{pair}, InsecureSkipVerify: true})
	for _, tc := range []struct {
		what  string
		who   *peertest.Authority
		works bool
		want  error
	}{{"ours", a, true, nil}, {"a stranger", stranger, false, peer.ErrStranger}} {
		f := tc.who.Device("north-door")
		id, err := peer.Parse(f[0], f[1], f[2])
		if err != nil {
			t.Fatal(err)
		}
		var dials atomic.Int32
		o := options(b.Address, &dials)
		o.Secure = func(ctx context.Context, conn net.Conn) (net.Conn, error) {
			return id.Secure(ctx, conn, "127.0.0.1", time.Now())
		}
		c := New(o)
		if tc.works {
			exchange(t, c, 64)
		} else if _, err := c.Exchange(within(t, 10*time.Second), some(t, 1)); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", tc.what, err)
		}
		c.Close()
	}
	var dials atomic.Int32
	if _, err := New(options(b.Address, &dials)).Exchange(within(t, 3*time.Second), some(t, 1)); err == nil {
		t.Error("a broker that wants a certificate took a plain connection")
	}
}

// TestNobodyAnswers has a broker without a collector, and one that sends answers to something else.
func TestNobodyAnswers(t *testing.T) {
	b := mosquittotest.Start(t, nil)
	var dials atomic.Int32
	c := New(options(b.Address, &dials))
	defer c.Close()
	if _, err := c.Exchange(within(t, 300*time.Millisecond), some(t, 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	var sent atomic.Int32
	b.Client("liar", batch.Up("north-door"), nil, func(cl *paho.Client, p *paho.Publish) {
		for i, number := range [][]byte{nil, {1}, {9, 9, 9, 9, 9, 9, 9, 9}, make([]byte, 100), p.Properties.CorrelationData} {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			_, err := cl.Publish(ctx, &paho.Publish{Topic: batch.Down("north-door"), QoS: 1, Payload: []byte{byte(i)}, Properties: &paho.PublishProperties{CorrelationData: number}})
			cancel()
			if err == nil {
				sent.Add(1)
			}
		}
	})
	got, err := c.Exchange(within(t, 10*time.Second), some(t, 2))
	if err != nil || !bytes.Equal(got, []byte{4}) { // with the right number; who signs is for others to look at
		t.Fatalf("%q, %v", got, err)
	}
	if sent.Load() < 4 {
		t.Errorf("%d lies were told", sent.Load())
	}
}
