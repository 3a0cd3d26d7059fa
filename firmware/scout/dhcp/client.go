// Package dhcp asks a network for a lease and keeps it: discover, request, renew at half of its time,
// let go of it at its end. (RFC 2131) It is a machine of states to which time, randomness and packets come
// in as arguments; it opens no socket and sets no interface. Everything is sent to everybody, renewals too,
// so that one way of sending is enough. It stands beside the data path, in the asker.
package dhcp

import (
	"net/netip"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"tellijn/firmware/scout/lease"
)

// Event is what a step or a packet led to.
type Event uint8

// The events.
const (
	Nothing Event = 0
	Bound   Event = 1 // there is a lease, or it was renewed: see Lease and Times
	Lost    Event = 2 // the lease is not valid any more
	Silent  Event = 3 // nobody has answered for a while
	Unfit   Event = 4 // a server offers what nobody may be set to
	Refused Event = 5 // a server took back what it gave; there is no lease any more
)

type state uint8

const (
	selecting  state = iota // nobody has offered anything
	requesting              // one offer was chosen
	bound                   // there is a lease
)

// How long it takes.
const (
	firstWait = time.Second      // for an answer; twice as long each time
	lastWait  = 64 * time.Second // but no longer
	calm      = 10 * time.Second // after a server took something back (RFC 2131, 3.2)
	patience  = 4                // tries before an offer is given up, and before somebody is told of silence
	leastWait = 5 * time.Second  // between two tries to renew
)

// Client asks on one interface. See New.
type Client struct {
	mac    [6]byte
	random func() uint32
	state  state
	xid    uint32
	tries  int
	began  time.Duration // of this exchange
	next   time.Duration
	server netip.Addr // whose offer or lease it is
	lease  lease.Lease
	times  []netip.Addr
	end    time.Duration // of the lease
}

// New makes a client that begins at once. last is an address that it had before, or none: a server may give
// it that again. random gives any number.
func New(mac [6]byte, last netip.Addr, random func() uint32, now time.Duration) *Client {
	c := &Client{mac: mac, random: random}
	if last.IsValid() {
		c.lease.Address = netip.PrefixFrom(last, 32)
	}
	c.start(now)
	return c
}

// start begins anew.
func (c *Client) start(now time.Duration) {
	c.state, c.tries, c.began, c.next, c.xid = selecting, 0, now, now, c.random()
}

// Next is when Step has something to do.
func (c *Client) Next() time.Duration { return c.next }

// Lease is the lease after Bound.
func (c *Client) Lease() lease.Lease { return c.lease }

// Times are the time servers that the network names, after Bound.
func (c *Client) Times() []netip.Addr { return c.times }

// Step does what is to be done by now, and gives a frame to send, or nil.
func (c *Client) Step(now time.Duration) (frame []byte, e Event) {
	if now < c.next {
		return nil, Nothing
	}
	c.tries++
	switch c.state {
	case requesting:
		if c.tries > patience {
			c.start(now)
			c.tries++
			break
		}
		c.next = now + c.wait()
		return c.request(now), Nothing
	case bound:
		if now >= c.end {
			c.start(now)
			return nil, Lost
		}
		if c.tries == 1 {
			c.xid, c.began = c.random(), now
		}
		c.next = min(c.end, now+max(leastWait, (c.end-now)/4))
		return c.request(now), Nothing
	}
	c.next = now + c.wait()
	if c.tries == patience {
		e = Silent
	}
	return c.discover(now), e
}

// wait is how long to wait for an answer to this try, a quarter more or less.
func (c *Client) wait() time.Duration {
	d := min(lastWait, firstWait<<min(c.tries-1, 10))
	return d*3/4 + d/2*time.Duration(c.random()%1024)/1024
}

// Hear takes a packet that came in, and gives a frame to send, or nil.
func (c *Client) Hear(now time.Duration, message []byte) (frame []byte, e Event) {
	a, ok := read(message, c.mac, c.xid)
	if !ok {
		return nil, Nothing
	}
	switch {
	case c.state == selecting && a.kind == dhcpv4.MessageTypeOffer && c.tries > 0:
		if a.lease.Check(true) != nil {
			return nil, Unfit
		}
		c.state, c.tries, c.server, c.lease = requesting, 1, a.server, a.lease
		c.next = now + c.wait()
		return c.request(now), Nothing
	case c.state == selecting || c.state == bound && c.tries == 0:
		return nil, Nothing // nothing was asked of which this could be the answer
	case a.kind == dhcpv4.MessageTypeNak && a.server == c.server:
		c.start(now)
		c.next = now + calm
		return nil, Refused
	case a.kind == dhcpv4.MessageTypeAck:
		return nil, c.take(now, a)
	}
	return nil, Nothing
}

// take takes a lease.
func (c *Client) take(now time.Duration, a answer) Event {
	if a.lease.Check(true) != nil {
		if c.state == requesting { // another one may do better; a lease that holds, holds
			c.start(now)
			c.next = now + calm
		}
		return Unfit
	}
	c.state, c.tries, c.server, c.lease, c.times = bound, 0, a.server, a.lease, a.times
	// It counts from when it was asked for: the answer may have been long on its way.
	half := a.lease.For / 2
	if a.renew >= a.lease.For/8 && a.renew <= a.lease.For*7/8 {
		half = a.renew
	}
	c.end, c.next = c.began+a.lease.For, max(c.began+half, now+time.Second)
	return Bound
}
