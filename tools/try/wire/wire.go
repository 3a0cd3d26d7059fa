// Package wire is the network cable between the devices of a tried house and their collector: a relay
// for connections on this computer that can be pulled out and put back. It passes bytes on as they are
// and keeps none; what it carries is sealed for it as for any network. It stands between the dialer of
// a device and tools/collector, or a broker.
package wire

import (
	"io"
	"net"
	"sync"
	"time"
)

// Wire relays connections to one address. Its methods may be called from anywhere.
type Wire struct {
	port *port
	done sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while it is out
	to       string
	closed   bool
	open     map[net.Conn]bool // both ends of everything that is relayed
	stats    Stats
}

// Stats says what became of connections since the start.
type Stats struct {
	Relayed uint64 // connections that were passed on
	Nobody  uint64 // that broke, since nobody was at the other end
	Dropped uint64 // that were open when the wire was pulled
}

// patience bounds the connection to the other end, which is on this computer.
const patience = 2 * time.Second

// Lay lays a wire: it listens on a free port of this computer, with nothing at its other end yet.
func Lay() (*Wire, error) {
	p, err := hold()
	if err != nil {
		return nil, err
	}
	w := &Wire{port: p, open: map[net.Conn]bool{}}
	if err := w.listen(); err != nil {
		p.free()
		return nil, err
	}
	return w, nil
}

// listen begins to take connections. w.mu is held, or nobody else has w yet.
func (w *Wire) listen() error {
	l, err := w.port.listen()
	if err != nil {
		return err
	}
	w.listener = l
	w.done.Go(func() { w.accept(l) })
	return nil
}

// Address is the end that devices reach, host:port. It stays the same while the wire is out.
func (w *Wire) Address() string { return w.port.address }

// To puts the other end to an address, host:port, for connections from now on.
func (w *Wire) To(address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to = address
}

// Pull takes the wire out, so that every connection breaks and new ones are refused, or puts it back.
func (w *Wire) Pull(out bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed || out == (w.listener == nil):
		return nil
	case !out:
		return w.listen()
	}
	w.listener.Close()
	w.listener = nil
	w.stats.Dropped += uint64(len(w.open) / 2)
	w.drop()
	return nil
}

// Pulled tells whether it is out.
func (w *Wire) Pulled() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.listener == nil
}

// Stats gives what happened so far.
func (w *Wire) Stats() Stats {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stats
}

// Close ends it and everything on it. It may be called more than once.
func (w *Wire) Close() {
	_ = w.Pull(true)
	w.mu.Lock()
	again := w.closed
	w.closed = true
	w.mu.Unlock()
	w.done.Wait()
	if !again {
		w.port.free()
	}
}

// drop breaks every connection without a goodbye, as a network does.
func (w *Wire) drop() {
	for c := range w.open {
		abort(c)
	}
	clear(w.open)
}

func abort(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	c.Close()
}

func (w *Wire) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		w.done.Go(func() { w.relay(c) })
	}
}

// relay passes one connection on, or refuses it.
func (w *Wire) relay(c net.Conn) {
	w.mu.Lock()
	to := w.to
	w.mu.Unlock()
	var far net.Conn
	if to != "" {
		far, _ = net.DialTimeout("tcp", to, patience)
	}
	if far == nil || !w.join(c, far) {
		w.mu.Lock()
		w.stats.Nobody++
		w.mu.Unlock()
		abort(c)
		return
	}
	var both sync.WaitGroup
	both.Go(func() { pass(far, c) })
	both.Go(func() { pass(c, far) })
	both.Wait()
	w.mu.Lock()
	delete(w.open, c)
	delete(w.open, far)
	w.mu.Unlock()
	c.Close()
	far.Close()
}

// join notes a connection, unless the wire was pulled while it was made.
func (w *Wire) join(c, far net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.listener == nil {
		abort(far)
		return false
	}
	w.open[c], w.open[far] = true, true
	w.stats.Relayed++
	return true
}

// pass copies one direction and says where it ends.
func pass(to, from net.Conn) {
	_, err := io.Copy(to, from)
	if t, ok := to.(*net.TCPConn); ok && err == nil {
		_ = t.CloseWrite()
		return
	}
	abort(to)
	abort(from)
}
