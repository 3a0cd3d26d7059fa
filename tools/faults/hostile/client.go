// Package hostile is everybody who may stand between a device and its collector and means no good: a
// thief who has a device's certificate and files, a relay that shows the collector's own certificate and
// has all but the key for receipts, a broker that makes up answers. They send what was said once more,
// late, in another order, cut off, altered, made up, and tell what came of it. They have no key that a
// device signs with, and it is a violation when anybody believes them.
package hostile

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"tellijn/privacy/batch"
)

// ErrAway says that the other side could not be asked: nothing was tried.
var ErrAway = errors.New("hostile: nobody to talk to")

// Files are the certificates that were stolen from a courier's directory.
func Files(dir string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, "device.pem"), filepath.Join(dir, "device.key"))
	if err != nil {
		return nil, fmt.Errorf("hostile: %w", err)
	}
	ca, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		return nil, fmt.Errorf("hostile: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: pool, Certificates: []tls.Certificate{pair}, ServerName: "127.0.0.1"}, nil
}

// Client sends to the collector as a device does.
type Client interface {
	// Send sends bytes, whatever they are. It gives the answer, nil when they were refused whole, and
	// an error that wraps ErrAway when nobody heard them.
	Send(body []byte) (answer []byte, err error)
}

// Web is a client over HTTPS.
type Web struct {
	address string
	c       *http.Client
}

// NewWeb makes one.
func NewWeb(address string, files *tls.Config) *Web {
	return &Web{address, &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: files, DisableKeepAlives: true}}}
}

// Send implements Client.
func (w *Web) Send(body []byte) ([]byte, error) {
	a, err := w.c.Post("https://"+w.address+batch.Path, batch.Type, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(io.LimitReader(a.Body, batch.MaxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	case a.StatusCode == http.StatusOK:
		return b, nil
	case a.StatusCode >= 500 || a.StatusCode == http.StatusTooManyRequests:
		return nil, fmt.Errorf("%w: status %d", ErrAway, a.StatusCode)
	}
	return nil, nil
}

// Post is a client of a broker: a thief's with a device's certificate, whose place it takes while it is
// there, or the eyes and hands of whoever runs the broker, without one.
type Post struct {
	address, device string
	files           *tls.Config
}

// NewPost makes one; files are nil for whoever runs the broker.
func NewPost(address, device string, files *tls.Config) *Post { return &Post{address, device, files} }

// Join connects and gives every message on a topic to take.
func (p *Post) Join(ctx context.Context, topic string, take func(*paho.Publish)) (*paho.Client, error) {
	var conn net.Conn
	var err error
	d := &net.Dialer{Timeout: 5 * time.Second}
	if p.files == nil {
		conn, err = d.DialContext(ctx, "tcp", p.address)
	} else {
		conn, err = (&tls.Dialer{NetDialer: d, Config: p.files}).DialContext(ctx, "tcp", p.address)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	c := paho.NewClient(paho.ClientConfig{Conn: packets.NewThreadSafeConn(conn), PacketTimeout: 10 * time.Second,
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(r paho.PublishReceived) (bool, error) {
			take(r.Packet)
			return true, nil
		}}})
	_, err = c.Connect(ctx, &paho.Connect{ClientID: fmt.Sprintf("hostile-%d", time.Now().UnixNano()), CleanStart: true, KeepAlive: 60})
	if err == nil {
		_, err = c.Subscribe(ctx, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: topic, QoS: 1, RetainHandling: 2}}})
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	return c, nil
}

// Send implements Client. A broker says nothing of what a collector refuses whole, so silence is that.
func (p *Post) Send(body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	own, answers := []byte(fmt.Sprint(time.Now().UnixNano())), make(chan []byte, 1)
	c, err := p.Join(ctx, batch.Down(p.device), func(m *paho.Publish) {
		if m.Properties != nil && bytes.Equal(m.Properties.CorrelationData, own) {
			answers <- m.Payload
		}
	})
	if err != nil {
		return nil, err
	}
	defer c.Disconnect(&paho.Disconnect{})
	_, err = c.Publish(ctx, &paho.Publish{Topic: batch.Up(p.device), QoS: 1, Payload: body, Properties: &paho.PublishProperties{
		ResponseTopic: batch.Down(p.device), CorrelationData: own, ContentType: batch.Type}})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	wait := 3 * time.Second
	if _, err := batch.Decode(body); err != nil {
		wait = 500 * time.Millisecond
	}
	select {
	case a := <-answers:
		return a, nil
	case <-time.After(wait):
		return nil, nil
	case <-c.Done(): // the device took its place back; the broker has the message, the answer is the device's
		return nil, nil
	}
}
