package gate_test

import (
	"bytes"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/gate"
	"tellijn/tools/collector/intake"
)

func TestTooOften(t *testing.T) {
	limits := gate.Ordinary()
	limits.Rate, limits.Burst = 0.001, 3
	r := open(t, limits)
	other := collectortest.NewDevice(t, "other", r.device.At)
	bundle := r.Enrol(other, false)
	c, b := client(r.config(t, r.bundle)), encoded(t, r.device.Pack(r.device.Record(nil)))
	for n := range 5 {
		status, _, err := r.post(c, bytes.NewReader(b))
		if want := map[bool]int{true: 200, false: 429}[n < 3]; err != nil || status != want {
			t.Errorf("batch %d: %d, want %d, %v", n, status, want, err)
		}
	}
	status, _, err := r.post(client(r.config(t, bundle)), bytes.NewReader(encoded(t, other.Pack(other.Record(nil)))))
	if err != nil || status != 200 {
		t.Errorf("another device: %d, %v", status, err)
	}
}

// One connection more than there may be waits, and is served when another ends.
func TestConnections(t *testing.T) {
	limits := gate.Ordinary()
	limits.Connections = 2
	r := open(t, limits)
	var idle []net.Conn
	for range 2 {
		c, err := tls.Dial("tcp", r.address, r.config(t, r.bundle))
		if err != nil {
			t.Fatal(err)
		}
		idle = append(idle, c)
	}
	done := make(chan int, 1)
	b := encoded(t, r.device.Pack(r.device.Record(nil)))
	go func() {
		status, _, _ := r.post(client(r.config(t, r.bundle)), bytes.NewReader(b))
		done <- status
	}()
	select {
	case status := <-done:
		t.Errorf("a third connection was served: %d", status)
	case <-time.After(300 * time.Millisecond):
	}
	for _, c := range idle {
		c.Close()
	}
	if status := <-done; status != http.StatusOK {
		t.Error(status)
	}
}

// No room: the device is told to try again, in a way that every client of HTTP understands.
func TestUnavailable(t *testing.T) {
	r := open(t, gate.Ordinary())
	r.gate.Handler = broken{}
	q, _ := http.NewRequest("POST", "https://"+r.address+batch.Path, strings.NewReader("x"))
	a, err := client(r.config(t, r.bundle)).Do(q)
	if err != nil || a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
		t.Fatal(a, err)
	}
	a.Body.Close()
}

type broken struct{}

func (broken) Handle(string, []byte) ([]byte, error) { return nil, intake.ErrUnavailable }

// Two devices at once, each with connections of its own and the other's batches: all is stored once.
func TestTwoAtOnce(t *testing.T) {
	r := open(t, gate.Ordinary())
	other := collectortest.NewDevice(t, "other", r.device.At)
	bundles := map[*collectortest.Device]string{r.device: r.bundle, other: r.Enrol(other, false)}
	var all sync.WaitGroup
	for d, bundle := range bundles {
		var batches [][]byte
		for range 8 {
			batches = append(batches, encoded(t, d.Pack(d.Record(nil), d.Entry(), d.Record(nil))))
		}
		for range 2 { // each batch twice, at the same time
			all.Go(func() {
				c := client(r.config(t, bundle))
				for _, b := range batches {
					if status, _, err := r.post(c, bytes.NewReader(b)); err != nil || status != 200 {
						t.Error(d.Name, status, err)
					}
				}
			})
		}
	}
	all.Wait()
	for d := range bundles {
		if s := r.State(d.Name); s.Stored != 24 || s.Again != 24 || len(s.Alarms) != 0 {
			t.Errorf("%s: %+v", d.Name, s)
		}
	}
}
