// Package link is the network between one device and whom it speaks with: a TCP proxy that can be cut,
// pointed elsewhere, slowed, and made to flip, drop, double or reorder bytes. It sees TLS and nothing
// inside: what it alters, the two ends have to notice.
package link

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Link is one network. Use New.
type Link struct {
	l net.Listener

	mu     sync.Mutex
	target string
	cut    bool
	conns  map[*conn]struct{}
	armed  *armed
	refuse int // connections that were refused while it was cut
}

// conn is one connection through the link.
type conn struct {
	near, far net.Conn
	once      sync.Once
	gone      chan struct{}
}

func (c *conn) close() {
	c.once.Do(func() {
		c.near.Close()
		c.far.Close()
		close(c.gone)
	})
}

// New opens a link to target on a port of this machine.
func New(target string) (*Link, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	k := &Link{l: l, target: target, conns: map[*conn]struct{}{}}
	go k.serve()
	return k, nil
}

// Address is where the device dials.
func (k *Link) Address() string { return k.l.Addr().String() }

// Target gives whom it leads to.
func (k *Link) Target() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.target
}

// Lead leads it elsewhere; connections that stand are cut.
func (k *Link) Lead(target string) {
	k.mu.Lock()
	if k.target == target {
		k.mu.Unlock()
		return
	}
	k.target = target
	k.mu.Unlock()
	k.Drop()
}

// Cut takes the network away, or gives it back. It gives how many connections it broke.
func (k *Link) Cut(cut bool) (broken int) {
	k.mu.Lock()
	k.cut = cut
	k.mu.Unlock()
	if cut {
		broken = k.Drop()
	}
	return broken
}

// Refused counts connections that were refused because it was cut.
func (k *Link) Refused() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.refuse
}

// Drop cuts the connections that stand and gives how many those were.
func (k *Link) Drop() int {
	k.mu.Lock()
	var all []*conn
	for c := range k.conns {
		all = append(all, c)
	}
	k.mu.Unlock()
	for _, c := range all {
		c.close()
	}
	return len(all)
}

// Close ends it.
func (k *Link) Close() {
	k.l.Close()
	k.Cut(true)
}

func (k *Link) serve() {
	for {
		near, err := k.l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		go k.through(near)
	}
}

func (k *Link) through(near net.Conn) {
	k.mu.Lock()
	target, cut := k.target, k.cut
	if cut {
		k.refuse++
	}
	k.mu.Unlock()
	if cut {
		_ = near.(*net.TCPConn).SetLinger(0)
		near.Close()
		return
	}
	far, err := net.DialTimeout("tcp", target, 5*time.Second)
	if err != nil {
		near.Close()
		return
	}
	c := &conn{near: near, far: far, gone: make(chan struct{})}
	k.mu.Lock()
	k.conns[c] = struct{}{}
	cut = k.cut || k.target != target
	k.mu.Unlock()
	if cut {
		c.close()
	}
	var both sync.WaitGroup
	both.Go(func() { k.pass(c, near, far, Up) })
	both.Go(func() { k.pass(c, far, near, Down) })
	both.Wait()
	k.mu.Lock()
	delete(k.conns, c)
	k.mu.Unlock()
}

// pass passes bytes on, one way, until an end hangs up.
func (k *Link) pass(c *conn, from, to net.Conn, way Way) {
	defer c.close()
	b := make([]byte, 16<<10)
	for {
		n, err := from.Read(b)
		if n > 0 && !k.forward(c, to, b[:n], way) {
			return
		}
		if err != nil {
			return
		}
	}
}

// forward passes a piece on, as it is or as an armed fault makes it.
func (k *Link) forward(c *conn, to net.Conn, b []byte, way Way) bool {
	if a := k.due(way); a != nil {
		return a.strike(c, to, b)
	}
	_, err := to.Write(b)
	return err == nil
}

// due takes the armed fault if its turn has come.
func (k *Link) due(way Way) *armed {
	k.mu.Lock()
	defer k.mu.Unlock()
	a := k.armed
	if a == nil || a.fault.Way != way {
		return nil
	}
	if a.fault.Skip > 0 {
		a.fault.Skip--
		return nil
	}
	k.armed = nil
	return a
}
