// Package mosquittotest runs the broker Mosquitto of Debian for a test, on a free port of this
// machine, and puts a collector behind it. Without the program the test is skipped, with the reason.
// No program of the device links it.
package mosquittotest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"tellijn/firmware/upload/collectortest"
	"tellijn/firmware/upload/peer/peertest"
)

// Broker is a running broker.
type Broker struct {
	Address string
	tb      testing.TB
	dir     string
	program string
	process *os.Process
}

// find looks where Debian puts the program; sbin is not in everybody's path.
func find(tb testing.TB) string {
	tb.Helper()
	for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin") {
		path := filepath.Join(dir, "mosquitto")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	tb.Skip("no mosquitto on this machine: apt-get install mosquitto")
	return ""
}

// Start starts a broker: a plain one, or one with TLS that takes only devices of an authority.
func Start(tb testing.TB, secure *peertest.Authority) *Broker {
	tb.Helper()
	b := &Broker{tb: tb, dir: tb.TempDir(), program: find(tb)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	b.Address = l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(b.Address)
	config := "listener " + port + " 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stderr\n"
	if os.Geteuid() == 0 {
		config += "user root\n" // else it becomes somebody who may not read the test's folder
	}
	if secure != nil {
		cert, key := peertest.PEM(tb, secure.Server("127.0.0.1", time.Now().Add(-time.Hour), time.Now().Add(time.Hour)))
		authority := secure.Device("x")[0]
		for name, content := range map[string][]byte{"ca.pem": authority, "server.pem": cert, "server.key": key} {
			b.write(name, content)
		}
		config += fmt.Sprintf("cafile %[1]s/ca.pem\ncertfile %[1]s/server.pem\nkeyfile %[1]s/server.key\nrequire_certificate true\ntls_version tlsv1.3\n", b.dir)
	}
	b.write("mosquitto.conf", []byte(config))
	b.Again()
	tb.Cleanup(b.Stop)
	return b
}

func (b *Broker) write(name string, content []byte) {
	b.tb.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), content, 0o600); err != nil {
		b.tb.Fatal(err)
	}
}

// Again starts the broker on the same port; Stop has to be called first.
func (b *Broker) Again() {
	b.tb.Helper()
	said, err := os.OpenFile(filepath.Join(b.dir, "said"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		b.tb.Fatal(err)
	}
	defer said.Close()
	b.process, err = os.StartProcess(b.program, []string{b.program, "-c", filepath.Join(b.dir, "mosquitto.conf")},
		&os.ProcAttr{Files: []*os.File{nil, said, said}})
	if err != nil {
		b.tb.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", b.Address); err == nil {
			c.Close()
			return
		}
	}
	text, _ := os.ReadFile(filepath.Join(b.dir, "said"))
	b.tb.Fatalf("the broker does not listen; it said:\n%s", text)
}

// Stop ends the broker.
func (b *Broker) Stop() {
	if b.process != nil {
		_ = b.process.Signal(syscall.SIGKILL)
		_, _ = b.process.Wait()
		b.process = nil
	}
}

// Client connects a client to the broker that gives every message on a topic to take, over TLS if config
// is set. It goes with the test.
func (b *Broker) Client(id, topic string, config *tls.Config, take func(*paho.Client, *paho.Publish)) *paho.Client {
	b.tb.Helper()
	conn, err := net.Dial("tcp", b.Address)
	if err == nil && config != nil {
		conn = tls.Client(conn, config)
	}
	if err != nil {
		b.tb.Fatal(err)
	}
	c := paho.NewClient(paho.ClientConfig{Conn: packets.NewThreadSafeConn(conn),
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
			go take(p.Client, p.Packet)
			return true, nil
		}}})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err = c.Connect(ctx, &paho.Connect{ClientID: id, CleanStart: true, KeepAlive: 60})
	if err == nil {
		_, err = c.Subscribe(ctx, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: topic, QoS: 1}}})
	}
	if err != nil {
		b.tb.Fatal(err)
	}
	b.tb.Cleanup(func() { _ = c.Disconnect(&paho.Disconnect{}) })
	return c
}

// Collector puts a collector behind the broker.
func (b *Broker) Collector(col *collectortest.Collector, config *tls.Config) {
	b.tb.Helper()
	b.Client("collector", "tellijn/v1/+/up", config, func(c *paho.Client, p *paho.Publish) {
		answer, err := col.Answer(p.Payload)
		if err != nil || p.Properties == nil {
			b.tb.Errorf("the collector got no batch: %v", err)
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_, _ = c.Publish(ctx, &paho.Publish{Topic: p.Properties.ResponseTopic, QoS: 1, Payload: answer,
			Properties: &paho.PublishProperties{CorrelationData: p.Properties.CorrelationData}})
	})
}
