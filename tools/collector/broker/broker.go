// Package broker takes batches from an MQTT 5 broker that the user runs, and answers there. The broker
// delivers and is trusted with nothing else: a topic only says which device to look for, and the
// signatures in a batch say the rest (tools/collector/intake). It subscribes to one topic and publishes
// to one for each device, and keeps no session, since a device sends again what was not answered.
package broker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/certs"
)

// Handler takes a batch that came from a device, and gives the answer or an error.
type Handler interface {
	Handle(from string, encoded []byte) ([]byte, error)
}

// Options of Serve.
type Options struct {
	Address string      // host:port of the broker
	TLS     *tls.Config // nil for a plain connection, to this computer only
	Handler Handler
	Log     *slog.Logger
	Ready   func() // called each time the subscription stands; may be nil
}

// Bounds of the conversation with a broker.
const (
	keepAlive  = 30 // seconds
	wait       = 10 * time.Second
	maxMessage = batch.MaxSize + 1<<10 // with topic and properties
	atOnce     = 32                    // batches that the broker may send before one is answered
	queued     = 128                   // batches that wait here; beyond, devices send again
	firstPause = time.Second           // before connecting again, doubled each time up to
	lastPause  = time.Minute
)

// Serve takes batches until ctx ends. It connects again whenever the connection is lost.
func Serve(ctx context.Context, o Options) error {
	if o.TLS == nil && !Local(o.Address) {
		return fmt.Errorf("broker: plain connection to %q; hint: only a broker on this computer may be reached without TLS", o.Address)
	}
	pause := firstPause
	for ctx.Err() == nil {
		began := time.Now()
		if err := o.converse(ctx); err != nil && ctx.Err() == nil {
			o.Log.Warn("no connection to the broker", "address", o.Address, "error", err)
		}
		if time.Since(began) > lastPause {
			pause = firstPause
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, lastPause)
	}
	return nil
}

// converse connects, listens and answers until the connection is lost or ctx ends.
func (o *Options) converse(ctx context.Context) error {
	conn, err := o.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	work := make(chan *paho.Publish, queued)
	c := paho.NewClient(paho.ClientConfig{
		ClientID: "tellijn-" + certs.CollectorName, Conn: packets.NewThreadSafeConn(&bounded{Conn: conn}), PacketTimeout: wait, AuthHandler: noAuther{},
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(r paho.PublishReceived) (bool, error) {
			select {
			case work <- r.Packet:
			default: // waiting here would also hold up what the broker says of our answers
				o.Log.Warn("a batch came while too many waited")
			}
			return true, nil
		}},
	})
	start, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	size, many := uint32(maxMessage), uint16(atOnce)
	if _, err := c.Connect(start, &paho.Connect{ClientID: c.ClientID(), KeepAlive: keepAlive, CleanStart: true,
		Properties: &paho.ConnectProperties{MaximumPacketSize: &size, ReceiveMaximum: &many}}); err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	if _, err := c.Subscribe(start, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: batch.Up("+"), QoS: 1}}}); err != nil {
		return fmt.Errorf("broker: it does not let the collector listen: %w", err)
	}
	o.Log.Info("listening at the broker", "address", o.Address)
	if o.Ready != nil {
		o.Ready()
	}
	for {
		select {
		case p := <-work:
			o.answer(ctx, c, p)
		case <-c.Done():
			return errors.New("broker: it hung up")
		case <-ctx.Done():
			return c.Disconnect(&paho.Disconnect{})
		}
	}
}

func (o *Options) dial(ctx context.Context) (net.Conn, error) {
	d := &net.Dialer{Timeout: wait}
	if o.TLS == nil {
		c, err := d.DialContext(ctx, "tcp", o.Address)
		return c, err
	}
	c, err := (&tls.Dialer{NetDialer: d, Config: o.TLS}).DialContext(ctx, "tcp", o.Address)
	return c, err
}

// answer takes one batch. Without an answer the device sends it again; a word why would help a stranger
// more than a device.
func (o *Options) answer(ctx context.Context, c *paho.Client, p *paho.Publish) {
	device, ok := Device(p.Topic)
	if !ok || len(p.Payload) > batch.MaxSize {
		o.Log.Info("a message that is no batch")
		return
	}
	answer, err := o.Handler.Handle(device, p.Payload)
	if err != nil {
		o.Log.Info("a batch was not taken", "device", device)
		return
	}
	reply := &paho.Publish{Topic: batch.Down(device), QoS: 1, Payload: answer, Properties: &paho.PublishProperties{ContentType: batch.Type}}
	if p.Properties != nil {
		reply.Properties.CorrelationData = p.Properties.CorrelationData
	}
	say, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if _, err := c.Publish(say, reply); err != nil {
		o.Log.Warn("an answer could not be sent", "device", device, "error", err)
	}
}

// Device gives the device that a topic is of.
func Device(topic string) (string, bool) {
	rest, ok := strings.CutPrefix(topic, "tellijn/v1/")
	name, up := strings.CutSuffix(rest, "/up")
	return name, ok && up && batch.ValidDevice(name)
}

// Local tells whether an address is of this computer.
func Local(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
