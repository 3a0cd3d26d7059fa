package gate

import (
	"net"
	"sync"
	"time"
)

// rates counts how often each device asks. Only enrolled names come here, so it is as large as the list
// of devices.
type rates struct {
	mu  sync.Mutex
	all map[string]*bucket
}

// bucket holds what a device may still ask at once.
type bucket struct {
	left float64
	at   time.Time
}

func (r *rates) allow(device string, l Limits, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[string]*bucket{}
	}
	b := r.all[device]
	if b == nil {
		b = &bucket{float64(l.Burst), now}
		r.all[device] = b
	}
	b.left = min(float64(l.Burst), b.left+max(0, now.Sub(b.at).Seconds())*l.Rate)
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// bounded is a listener with a greatest number of open connections. One more waits unaccepted.
type bounded struct {
	net.Listener
	free chan struct{}
	stop chan struct{}
	once sync.Once
}

func bound(l net.Listener, n int) net.Listener {
	return &bounded{Listener: l, free: make(chan struct{}, max(1, n)), stop: make(chan struct{})}
}

func (b *bounded) Accept() (net.Conn, error) {
	select {
	case b.free <- struct{}{}:
	case <-b.stop:
		return nil, net.ErrClosed
	}
	c, err := b.Listener.Accept()
	if err != nil {
		<-b.free
		return nil, err
	}
	return &counted{Conn: c, done: sync.OnceFunc(func() { <-b.free })}, nil
}

func (b *bounded) Close() error {
	b.once.Do(func() { close(b.stop) })
	return b.Listener.Close()
}

// counted gives its place back when it is closed.
type counted struct {
	net.Conn
	done func()
}

func (c *counted) Close() error {
	defer c.done()
	return c.Conn.Close()
}
