package broker_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/broker"
	"tellijn/tools/collector/collectortest"
	"tellijn/tools/collector/enrol"
)

// mosquitto starts the real broker with the lines that enrol prints, on a free port of this computer.
func mosquitto(t *testing.T, conf func(port string) string) (address string) {
	t.Helper()
	program, err := exec.LookPath("mosquitto")
	for _, place := range []string{"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"} {
		if err == nil {
			break
		}
		program, err = exec.LookPath(place)
	}
	if err != nil {
		t.Skip("mosquitto is not installed; it is in Debian's package of that name")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	l.Close()
	path := filepath.Join(t.TempDir(), "mosquitto.conf")
	// Started as root it becomes another user, who cannot read the files of this test.
	text := conf(port) + fmt.Sprintf("\nuser %s\n", name())
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	said := new(bytes.Buffer)
	cmd := exec.Command(program, "-c", path)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("mosquitto says:\n%s", said)
		}
	})
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
			return address
		}
		if time.Now().After(end) {
			t.Fatalf("mosquitto does not listen: %v\n%s", err, said)
		}
	}
}

func name() string {
	if os.Geteuid() == 0 {
		return "root"
	}
	return "mosquitto"
}

// guest is somebody at the broker.
type guest struct {
	c    *paho.Client
	mail chan *paho.Publish
}

func join(address string, c *tls.Config, id string) (*guest, error) {
	var conn net.Conn
	var err error
	if c == nil {
		conn, err = net.Dial("tcp", address)
	} else {
		conn, err = tls.Dial("tcp", address, c)
	}
	if err != nil {
		return nil, err
	}
	p := &guest{mail: make(chan *paho.Publish, 100)}
	p.c = paho.NewClient(paho.ClientConfig{ClientID: id, Conn: conn, OnPublishReceived: []func(paho.PublishReceived) (bool, error){
		func(r paho.PublishReceived) (bool, error) { p.mail <- r.Packet; return true, nil }}})
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err = p.c.Connect(ctx, &paho.Connect{ClientID: id, KeepAlive: 30, CleanStart: true})
	return p, err
}

func (p *guest) listen(topic string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := p.c.Subscribe(ctx, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: topic, QoS: 1}}})
	return err
}

func (p *guest) say(topic string, b, correlation []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := p.c.Publish(ctx, &paho.Publish{Topic: topic, QoS: 1, Payload: b, Properties: &paho.PublishProperties{CorrelationData: correlation}})
	return err
}

func (p *guest) get(wait time.Duration) *paho.Publish {
	select {
	case m := <-p.mail:
		return m
	case <-time.After(wait):
		return nil
	}
}

// attend lets the collector listen at the broker until the test ends.
func attend(t *testing.T, c *collectortest.Collector, address string, conf *tls.Config) {
	t.Helper()
	ready := make(chan struct{}, 10)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- broker.Serve(ctx, broker.Options{Address: address, TLS: conf, Handler: c, Log: slog.New(slog.DiscardHandler), Ready: func() { ready <- struct{}{} }})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-ready:
	case <-time.After(10 * time.Second):
		t.Fatal("the collector does not get as far as listening")
	}
}

func device(t *testing.T, bundle string) *tls.Config {
	t.Helper()
	c, err := tls.LoadX509KeyPair(filepath.Join(bundle, "device.pem"), filepath.Join(bundle, "device.key"))
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(bundle, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{c}, ServerName: "localhost"}
}

func encoded(t *testing.T, p *batch.Batch) []byte {
	t.Helper()
	b, err := batch.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The real broker, with the certificates and the rights that enrol makes.
func TestMosquitto(t *testing.T) {
	c := collectortest.New(t)
	north, south := collectortest.NewDevice(t, "north", c.At), collectortest.NewDevice(t, "south", c.At)
	northFiles, southFiles := c.Enrol(north, false), c.Enrol(south, false)
	gone := collectortest.NewDevice(t, "gone", c.At)
	goneFiles := c.Enrol(gone, false)
	if err := enrol.Revoke(c.Dir, "gone", c.At); err != nil {
		t.Fatal(err)
	}
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

	n, err := join(address, device(t, northFiles), "north")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := join(address, device(t, southFiles), "south"); err != nil {
		t.Fatal(err)
	}
	if err := n.listen(batch.Down("north")); err != nil {
		t.Fatal(err)
	}
	p := north.Pack(north.Record(nil), north.Entry())
	if err := n.say(batch.Up("north"), encoded(t, p), p.Number[:]); err != nil {
		t.Fatal(err)
	}
	m := n.get(10 * time.Second)
	if m == nil || !bytes.Equal(m.Properties.CorrelationData, p.Number[:]) {
		t.Fatalf("the answer is %v", m)
	}
	got, _ := collectortest.Read(t, c.Key.Public(), p, m.Payload)
	if !slices.Equal(collectortest.Reasons(got), []batch.Reason{0, 0}) {
		t.Error(got)
	}

	// Somebody who calls itself as the collector does only takes its own place.
	s, err := join(address, device(t, southFiles), "tellijn-collector")
	if err != nil {
		t.Fatal(err)
	}
	if err := n.say(batch.Up("north"), encoded(t, p), p.Number[:]); err != nil || n.get(10*time.Second) == nil {
		t.Error("the collector is gone:", err)
	}

	// What the broker does not let through.
	q := south.Pack(south.Record(nil))
	if err := s.say(batch.Up("north"), encoded(t, q), nil); err == nil {
		t.Error("a device may write where another does")
	}
	// Mosquitto lets everybody ask for any topic, and then delivers only what they may read.
	for _, topic := range []string{batch.Down("north"), batch.Up("north"), "tellijn/v1/+/up", "#"} {
		_ = s.listen(topic)
	}
	if err := n.say(batch.Up("north"), encoded(t, p), p.Number[:]); err != nil {
		t.Fatal(err)
	}
	if m := n.get(10 * time.Second); m == nil {
		t.Error("no second answer")
	}
	if m := s.get(300 * time.Millisecond); m != nil {
		t.Errorf("a device hears %s", m.Topic)
	}
	if _, err := join(address, &tls.Config{RootCAs: pool, ServerName: "localhost"}, "nobody"); err == nil {
		t.Error("somebody without a certificate is let in")
	}
	if _, err := join(address, device(t, goneFiles), "gone"); err == nil {
		t.Error("a revoked device is let in")
	}
	if c.State("south").Stored != 0 || c.State("north").Stored != 2 {
		t.Errorf("%+v", c.State("south"))
	}
}

// A broker without any rights, on this computer: everybody may write everywhere, and nothing gets in that
// was not signed by the device that the topic names.
func TestBrokerIsNotTrusted(t *testing.T) {
	c := collectortest.New(t)
	north, south := collectortest.NewDevice(t, "north", c.At), collectortest.NewDevice(t, "south", c.At)
	c.Enrol(north, false)
	c.Enrol(south, false)
	address := mosquitto(t, func(port string) string { return "listener " + port + " 127.0.0.1\nallow_anonymous true\n" })
	attend(t, c, address, nil)
	p, err := join(address, nil, "anybody")
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{batch.Down("north"), batch.Down("south")} {
		if err := p.listen(topic); err != nil {
			t.Fatal(err)
		}
	}
	record := north.Record(nil)
	flipped := bytes.Clone(record)
	flipped[len(flipped)-1] ^= 1
	for name, m := range map[string]struct {
		topic string
		b     []byte
	}{
		"another's topic":  {batch.Up("south"), encoded(t, north.Pack(record))},
		"nobody's topic":   {batch.Up("nobody"), encoded(t, north.Pack(record))},
		"no batch":         {batch.Up("north"), []byte("hello")},
		"too large":        {batch.Up("north"), make([]byte, batch.MaxSize+1)},
		"no device at all": {"tellijn/v1/x y/up", encoded(t, north.Pack(record))},
	} {
		if err := p.say(m.topic, m.b, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	forged := north.Pack(flipped, record)
	forged.Items[0].Kind = batch.Record
	for range 2 { // a broker that delivers twice
		if err := p.say(batch.Up("north"), encoded(t, forged), forged.Number[:]); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		m := p.get(10 * time.Second)
		if m == nil || m.Topic != batch.Down("north") {
			t.Fatalf("%v", m)
		}
		got, _ := collectortest.Read(t, c.Key.Public(), forged, m.Payload)
		if !slices.Equal(collectortest.Reasons(got), []batch.Reason{batch.Signature, 0}) {
			t.Error(got)
		}
	}
	if m := p.get(200 * time.Millisecond); m != nil {
		t.Errorf("an answer on %s", m.Topic)
	}
	if s := c.State("north"); s.Stored != 1 || s.Again != 1 {
		t.Errorf("%+v", s)
	}
}

func TestPlainOnlyHere(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:1883": true, "localhost:1883": true, "[::1]:1883": true,
		"192.0.2.1:1883": false, "example.org:1883": false, "127.0.0.1.example.org:1883": false, "127.0.0.1": false} {
		if broker.Local(address) != want {
			t.Errorf("%s: %v", address, !want)
		}
		if !want {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if err := broker.Serve(ctx, broker.Options{Address: address, Log: slog.New(slog.DiscardHandler)}); err == nil {
				t.Errorf("%s is reached without TLS", address)
			}
		}
	}
}

func TestTopics(t *testing.T) {
	if d, ok := broker.Device(batch.Up("north-door")); !ok || d != "north-door" {
		t.Error(d, ok)
	}
	for _, topic := range []string{"", "tellijn/v1/up", "tellijn/v1//up", "tellijn/v1/a/b/up", "tellijn/v1/A/up", "tellijn/v1/a/down", "x/tellijn/v1/a/up", "tellijn/v1/" + strings.Repeat("a", 33) + "/up"} {
		if d, ok := broker.Device(topic); ok {
			t.Errorf("%q is of %q", topic, d)
		}
	}
}
