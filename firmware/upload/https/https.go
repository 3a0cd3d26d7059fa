// Package https sends batches to the collector with HTTP/1.1 over one connection that stays open from
// interval to interval. It follows no redirect, asks no proxy, keeps no cookie, unpacks nothing, and
// believes no length that the other side says. It stands between the pump and the connection that it
// is given; it makes none itself.
package https

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"tellijn/privacy/batch"
)

// ErrAnswer is wrapped when what comes back is no answer of a collector.
var ErrAnswer = errors.New("https: no answer of a collector")

// Bounds.
const (
	maxHeader = 8 << 10 // bytes of the header of an answer
	// keepAlive is how long a connection may be idle before the kernel asks whether the other side is
	// still there. More often would be more traffic than the records themselves; where the dialer
	// makes the connection, it sets the same.
	keepAlive = 5 * time.Minute
)

// Options of a client.
type Options struct {
	// Address is host:port of the collector. It goes into the header; who is reached is up to Dial.
	Address string
	Dial    func(context.Context) (net.Conn, error)
	// Secure puts TLS on a connection, or closes it.
	Secure func(context.Context, net.Conn) (net.Conn, error)
}

// Client is used from one goroutine.
type Client struct {
	address string
	via     *http.Transport
}

// New makes a client. Nothing is dialled before the first Exchange.
func New(o Options) *Client {
	return &Client{address: o.Address, via: &http.Transport{
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			c, err := o.Dial(ctx)
			if err != nil {
				return nil, err
			}
			if t, ok := c.(*net.TCPConn); ok {
				_ = t.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: keepAlive, Interval: time.Minute, Count: 3})
			}
			return o.Secure(ctx, c)
		},
		Proxy:                  nil,
		DisableCompression:     true,
		MaxConnsPerHost:        1,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        0, // the collector hangs up when it wants to
		MaxResponseHeaderBytes: maxHeader,
		WriteBufferSize:        16 << 10,
		ReadBufferSize:         4 << 10,
	}}
}

// Exchange sends one batch and gives the answer's bytes, at most batch.MaxAnswer of them, unread.
// ctx bounds all of it. A connection that the collector closed meanwhile is made anew: sending a batch
// twice does no harm.
func (c *Client) Exchange(ctx context.Context, encoded []byte) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+c.address+batch.Path, bytes.NewReader(encoded))
	if err != nil {
		return nil, fmt.Errorf("https: %w", err)
	}
	q.Header.Set("Content-Type", batch.Type)
	q.Header.Set("User-Agent", "")
	q.Header["Idempotency-Key"] = nil // not sent; net/http then sends again on a new connection
	// Not an http.Client: that follows redirects and may keep cookies.
	r, err := c.via.RoundTrip(q)
	if err != nil {
		return nil, fmt.Errorf("https: %w", err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: status %d, want 200", ErrAnswer, r.StatusCode)
	}
	if t := r.Header.Get("Content-Type"); t != batch.Type {
		return nil, fmt.Errorf("%w: content type %.40q, want %q", ErrAnswer, t, batch.Type)
	}
	if r.ContentLength > batch.MaxAnswer {
		return nil, fmt.Errorf("%w: %d bytes, want at most %d", ErrAnswer, r.ContentLength, batch.MaxAnswer)
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, batch.MaxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("https: %w", err)
	}
	if len(b) > batch.MaxAnswer {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrAnswer, batch.MaxAnswer)
	}
	return b, nil
}

// Close hangs up.
func (c *Client) Close() { c.via.CloseIdleConnections() }
