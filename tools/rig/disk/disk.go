// Package disk is a card reader of this computer that serves a card image to a virtual machine and can fail on
// command: it refuses to write as a card does that has worn out, gives errors for everything, is slow, or says
// that it wrote and loses, at the next power cut, what was not flushed. It can hold a machine at a moment of its own
// writing (tools/rig/disk/moment), so that the power is cut exactly there, and can keep a journal of all that was
// written and flushed, in order (tools/rig/crash makes of it every card that a power cut could have left). It is for
// the rig, outside the data path.
//
// Source: NBD protocol, doc/proto.md of the Network Block Device project: fixed newstyle negotiation, simple
// replies.
package disk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"tellijn/tools/rig/disk/moment"
)

// Disk serves one image.
type Disk struct {
	f    *os.File
	size int64
	l    net.Listener

	mu      sync.Mutex // of what follows, and so of the card: one request at a time
	fault   string
	struck  int64
	refused int64
	pending []write // not flushed, for a card that lies
	watch   moment.Watch
	catch   *catch
	held    chan struct{} // closed when what is held is let go, which only the end of the power does; nil if nothing is
	journal *journal
	conns   map[net.Conn]chan struct{} // closed when nobody serves it any more
	began   time.Time
}

// catch is a moment that somebody waits for.
type catch struct {
	name string
	hit  chan struct{}
}

// Serve serves the image on a socket at path, for vm.Options.Disk as "nbd+unix:///?socket=" and the path.
func Serve(image, path string) (*Disk, error) {
	f, err := os.OpenFile(image, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("disk: %w", err)
	}
	st, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("disk: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("disk: %w", err)
	}
	d := &Disk{f: f, size: st.Size(), l: l, fault: None, conns: map[net.Conn]chan struct{}{}, began: time.Now()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			done := make(chan struct{})
			d.mu.Lock()
			d.conns[conn] = done
			d.mu.Unlock()
			go func() {
				defer close(done)
				defer conn.Close()
				if d.greet(conn) == nil {
					d.answer(conn)
				}
			}()
		}
	}()
	return d, nil
}

// Close ends it. Nothing is lost by that.
func (d *Disk) Close() {
	d.l.Close()
	d.part()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.journal != nil {
		d.journal.close()
		d.journal = nil
	}
	d.f.Close()
}

// part ends all connections and waits until nobody writes any more.
func (d *Disk) part() {
	d.mu.Lock()
	conns := d.conns
	d.conns = map[net.Conn]chan struct{}{}
	if d.held != nil {
		close(d.held)
		d.held = nil
	}
	d.mu.Unlock()
	for c := range conns {
		c.Close()
	}
	for _, done := range conns {
		<-done
	}
}

// ErrGone is returned by Catch when the power went before the moment came.
var ErrGone = errors.New("disk: the power went first")

// Catch waits until the machine is at a moment of the firmware's writing, such as "record half", and holds the
// reader there: that request and all after it are never answered. Only Cut ends that.
func (d *Disk) Catch(ctx context.Context, name string) error {
	if err := moment.Known(name); err != nil {
		return err
	}
	c := &catch{name, make(chan struct{})}
	d.mu.Lock()
	d.catch = c
	d.mu.Unlock()
	select {
	case <-c.hit:
		return nil
	case <-ctx.Done():
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.catch == c {
			d.catch = nil
		}
		select {
		case <-c.hit:
			return nil
		default:
			return fmt.Errorf("disk: waiting for %q: %w; the card saw %v", name, ctx.Err(), d.watch.Seen())
		}
	}
}

// at looks whether one of these moments is waited for, and then holds the reader. d.mu is held.
func (d *Disk) at(names []string) {
	for _, name := range names {
		if d.catch != nil && d.catch.name == name {
			d.held = make(chan struct{})
			close(d.catch.hit)
			d.catch = nil
		}
	}
}

// stand waits, where the reader is held, for the end of the power, and tells whether that was so. d.mu is held,
// but not while it waits.
func (d *Disk) stand() bool {
	held := d.held
	if held == nil {
		return false
	}
	d.mu.Unlock()
	<-held
	d.mu.Lock()
	return true
}

// Note writes into the journal that something happened outside of the card, such as a record that arrived. A moment
// that begins so, "sent", may be waited for.
func (d *Disk) Note(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.journal != nil {
		d.journal.put(entry(Note, 0, []byte(text)))
	}
	d.at(d.watch.Note(text))
}

// Seen is how often each moment was there, by its name.
func (d *Disk) Seen() map[string]int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.watch.Seen()
}
