// Package front stands where the devices of the rig look for their collector, and misbehaves when it is told to:
// it is away, slow, talks nonsense, refuses, lies, loses connections, or alters what passes. It has the collector's own
// certificate and key, so that only what a device must not believe can be what is wrong. While it is
// honest, every byte goes to the real collector and back. What it does to single exchanges is
// tools/faults/hostile's. It is for the rig, outside the data path.
package front

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tellijn/privacy/sign"
	"tellijn/tools/faults/hostile"
)

// Collector is the real one behind the front.
type Collector interface {
	// Shown is its certificate, and the authority of devices' certificates.
	Shown() (*tls.Certificate, *x509.CertPool, error)
	// Key signs its receipts.
	Key() sign.Key
	// Handle takes a batch of a device and gives the answer.
	Handle(from string, batch []byte) ([]byte, error)
}

// Front is a running one.
type Front struct {
	address string // of the real collector
	c       Collector
	l       net.Listener
	srv     *http.Server
	shown   *tls.Certificate
	devices *x509.CertPool
	other   *tls.Certificate // one that nobody should believe
	struck  atomic.Int64

	mu     sync.Mutex
	kind   string
	turn   int // how often this kind struck: many have more than one way
	open   map[net.Conn]bool
	relays map[string]*hostile.Relay // by device
	wrong  error                     // what somebody believed
	done   chan struct{}             // closed when the kind is another one
}

// Kinds are what it can be.
func Kinds() []string {
	return []string{"honest", "away", "slow", "garbage", "refusing", "forging", "forgetting", "dropping", "impostor", "replaying", "altering"}
}

// New starts one that is honest. address is where the real collector listens.
func New(address string, c Collector) (*Front, error) {
	f := &Front{address: address, c: c, kind: "honest", open: map[net.Conn]bool{}, relays: map[string]*hostile.Relay{}, done: make(chan struct{})}
	var err error
	if f.shown, f.devices, err = c.Shown(); err != nil {
		return nil, err
	}
	if f.other, err = stranger(f.shown); err != nil {
		return nil, err
	}
	if f.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("front: %w", err)
	}
	f.srv = &http.Server{Handler: http.HandlerFunc(f.answer), ErrorLog: log.New(io.Discard, "", 0), ReadTimeout: time.Minute}
	in := &handed{f.l.Addr(), make(chan net.Conn), make(chan struct{})}
	go f.srv.Serve(in)
	go f.serve(in)
	return f, nil
}

// Address is where devices are to be led.
func (f *Front) Address() string { return f.l.Addr().String() }

// Close ends it.
func (f *Front) Close() error {
	err := f.l.Close()
	f.hangUp()
	return errors.Join(err, f.srv.Close())
}

// Be makes it one of Kinds. Connections that stand end. The error wraps hostile.ErrBelieved if until now a device
// or the real collector believed what nobody should.
func (f *Front) Be(kind string) error {
	if !slices.Contains(Kinds(), kind) {
		return fmt.Errorf("front: collector %q, want %s", kind, strings.Join(Kinds(), ", "))
	}
	f.mu.Lock()
	f.kind, f.turn = kind, 0
	close(f.done)
	f.done = make(chan struct{})
	err := f.wrong
	f.mu.Unlock()
	f.hangUp()
	return err
}

// Struck is how often it was not honest to a device.
func (f *Front) Struck() int64 { return f.struck.Load() }

// now gives the kind, and how often it struck before.
func (f *Front) now() (kind string, turn int, done <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.kind, f.turn, f.done
}

func (f *Front) strike() {
	f.struck.Add(1)
	f.mu.Lock()
	f.turn++
	f.mu.Unlock()
}

// hangUp ends what stands.
func (f *Front) hangUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.open {
		c.Close()
	}
}

// keep remembers a connection, until it is forgotten. It is false if the front is another one by now.
func (f *Front) keep(c net.Conn, kind string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[c] = true
	return f.kind == kind
}

func (f *Front) forget(c net.Conn) {
	c.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.open, c)
}
