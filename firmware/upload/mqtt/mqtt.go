// Package mqtt sends batches to a broker that the user runs, with MQTT 5: a batch goes to the device's
// topic Up, the answer comes on its topic Down with the batch's number as correlation data. The
// broker is a stranger who passes things on: only the signed receipt inside an answer counts, and
// firmware/queue alone keeps what is not acknowledged. It makes no connection itself.
package mqtt

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"tellijn/privacy/batch"
)

// ErrBroker is wrapped when the broker does not do what a broker has to.
var ErrBroker = errors.New("mqtt: broker")

// Bounds.
const (
	// keepAlive is after how much silence the client asks whether the broker is there, in seconds.
	keepAlive = 10 * 60
	// maxPacket bounds a packet from the broker in bytes: an answer, its topic and its properties.
	maxPacket = batch.MaxAnswer + 1024
	// inHand packets may be on their way here without having been taken.
	inHand = 4
	// patience with a single reply of the broker.
	patience = 30 * time.Second
	// goodbye is how long hanging up may take.
	goodbye = 2 * time.Second
)

// Options of a client.
type Options struct {
	Device string
	Dial   func(context.Context) (net.Conn, error)
	// Secure puts TLS on a connection, or closes it; nil leaves it plain, for a broker on this machine.
	Secure func(context.Context, net.Conn) (net.Conn, error)
}

// Client is used from one goroutine.
type Client struct {
	o       Options
	running *session
}

// session is one connection to the broker.
type session struct {
	client  *paho.Client
	conn    net.Conn
	answers chan answer
	ended   chan error
}

// answer is what came on the topic Down.
type answer struct {
	number  batch.Number
	payload []byte
}

// New makes a client. Nothing is dialled before the first Exchange.
func New(o Options) *Client { return &Client{o: o} }

// Exchange sends one batch and gives the answer's bytes, unread. ctx bounds all of it. After an error
// the connection is given up, and the next call makes a new one.
func (c *Client) Exchange(ctx context.Context, encoded []byte) ([]byte, error) {
	b, err := batch.Decode(encoded)
	if err != nil {
		return nil, err
	}
	if c.running != nil && c.running.over() {
		c.running = nil
	}
	if c.running == nil {
		if c.running, err = c.connect(ctx); err != nil {
			return nil, late(ctx, err)
		}
	}
	payload, err := c.running.exchange(ctx, c.o.Device, b.Number, encoded)
	if err != nil {
		c.Close()
		err = late(ctx, err)
	}
	return payload, err
}

// late says that the time was over where the connection was closed for that, whichever of both was seen first.
func late(ctx context.Context, err error) error {
	if done := ctx.Err(); done != nil && !errors.Is(err, done) {
		return fmt.Errorf("mqtt: no answer came through the broker: %w (%w)", done, err)
	}
	return err
}

// Close has the broker say that the device is gone, and hangs up.
func (c *Client) Close() {
	if c.running != nil {
		c.running.close()
		c.running = nil
	}
}

// close does not wait for long for a broker that takes nothing.
func (s *session) close() {
	_ = s.conn.SetWriteDeadline(time.Now().Add(goodbye))
	_ = s.client.Disconnect(&paho.Disconnect{ReasonCode: packets.DisconnectDisconnectWithWillMessage})
}

// connect makes a connection and listens for answers on it.
func (c *Client) connect(ctx context.Context) (*session, error) {
	conn, err := c.o.Dial(ctx)
	if err != nil {
		return nil, err
	}
	if c.o.Secure != nil {
		if conn, err = c.o.Secure(ctx, conn); err != nil {
			return nil, err
		}
	}
	s := &session{conn: conn, answers: make(chan answer, inHand), ended: make(chan error, 1)}
	s.client = paho.NewClient(paho.ClientConfig{
		Conn:          packets.NewThreadSafeConn(&framed{Conn: conn}),
		PacketTimeout: patience,
		AuthHandler:   none{},
		OnPublishReceived: []func(paho.PublishReceived) (bool, error){func(p paho.PublishReceived) (bool, error) {
			s.take(p.Packet)
			return true, nil
		}},
		OnClientError:      func(err error) { s.end(err) },
		OnServerDisconnect: func(d *paho.Disconnect) { s.end(fmt.Errorf("%w: hung up, reason %#x", ErrBroker, d.ReasonCode)) },
	})
	// Nothing that waits for the broker may outlive the context.
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if _, err := s.client.Connect(ctx, c.hello()); err != nil {
		conn.Close()
		return nil, fmt.Errorf("%w: connect: %w", ErrBroker, err)
	}
	if err := s.begin(ctx, c.o.Device); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// hello keeps nothing at the broker but the word whether the device is there.
func (c *Client) hello() *paho.Connect {
	most, hold, never := uint32(maxPacket), uint16(inHand), uint32(0)
	return &paho.Connect{
		ClientID: "tellijn-" + c.o.Device, CleanStart: true, KeepAlive: keepAlive,
		Properties:  &paho.ConnectProperties{MaximumPacketSize: &most, ReceiveMaximum: &hold, SessionExpiryInterval: &never},
		WillMessage: &paho.WillMessage{Topic: batch.Status(c.o.Device), Payload: []byte(batch.Gone), QoS: 1, Retain: true},
	}
}

// begin asks for answers and says that the device is there.
func (s *session) begin(ctx context.Context, device string) error {
	ctx, cancel := s.alive(ctx)
	defer cancel()
	// An answer that the broker kept is one to an old batch: not asked for.
	if _, err := s.client.Subscribe(ctx, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{
		{Topic: batch.Down(device), QoS: 1, RetainHandling: 2, NoLocal: true}}}); err != nil {
		return fmt.Errorf("%w: subscribe: %w", ErrBroker, err)
	}
	if _, err := s.client.Publish(ctx, &paho.Publish{Topic: batch.Status(device), Payload: []byte(batch.Here), QoS: 1, Retain: true}); err != nil {
		return fmt.Errorf("%w: status: %w", ErrBroker, err)
	}
	return nil
}

// exchange publishes a batch and waits for the answer to it, whatever else comes.
func (s *session) exchange(ctx context.Context, device string, number batch.Number, encoded []byte) ([]byte, error) {
	// A write knows no context: to a broker that takes nothing it would wait for ever.
	defer context.AfterFunc(ctx, func() { s.conn.Close() })()
	ctx, cancel := s.alive(ctx)
	defer cancel()
	if _, err := s.client.Publish(ctx, &paho.Publish{Topic: batch.Up(device), QoS: 1, Payload: encoded, Properties: &paho.PublishProperties{
		ResponseTopic: batch.Down(device), CorrelationData: number[:], ContentType: batch.Type}}); err != nil {
		return nil, fmt.Errorf("%w: publish: %w", ErrBroker, err)
	}
	for {
		select {
		case a := <-s.answers:
			if a.number == number {
				return a.payload, nil
			}
		case err := <-s.ended:
			s.end(err)
			return nil, fmt.Errorf("mqtt: %w", err)
		case <-ctx.Done():
			return nil, fmt.Errorf("mqtt: no answer came through the broker: %w", ctx.Err())
		}
	}
}

// take keeps what may be an answer, for as long as somebody may want it.
func (s *session) take(p *paho.Publish) {
	var a answer
	if p.Retain || len(p.Payload) > batch.MaxAnswer || p.Properties == nil || copy(a.number[:], p.Properties.CorrelationData) != len(p.Properties.CorrelationData) {
		return
	}
	a.payload = p.Payload
	for {
		select {
		case s.answers <- a:
			return
		default:
		}
		select { // the oldest, which nobody wanted, goes
		case <-s.answers:
		default:
		}
	}
}

// alive gives a context that also ends with the connection: the library goes on waiting for a reply
// that cannot come any more.
func (s *session) alive(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.client.Done():
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// end remembers the first reason.
func (s *session) end(err error) {
	select {
	case s.ended <- err:
	default:
	}
}

// over tells whether the connection has ended.
func (s *session) over() bool {
	select {
	case <-s.client.Done():
		return true
	default:
		return false
	}
}
