package front

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"sync"
	"time"
)

// serve takes connections until the front ends, and does with each what the kind says.
func (f *Front) serve(in *handed) {
	defer close(in.over)
	for {
		c, err := f.l.Accept()
		if err != nil {
			return
		}
		go f.take(c, in)
	}
}

func (f *Front) take(c net.Conn, in *handed) {
	kind, turn, _ := f.now()
	switch {
	case !f.keep(c, kind):
	case kind == "honest":
		f.through(c)
	case kind == "away":
		c.(*net.TCPConn).SetLinger(0)
		f.strike()
	case kind == "garbage" && turn%nonsenses == 0: // not even TLS
		f.strike()
		c.Write(noise(1000))
	default:
		shown := f.shown
		if kind == "impostor" {
			shown = f.other
			f.strike()
		}
		secure := tls.Server(&kept{c, f}, &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{*shown}, NextProtos: []string{"http/1.1"},
			ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: f.devices, SessionTicketsDisabled: true})
		in.hand(secure)
		return
	}
	f.forget(c)
}

// kept is a connection that is forgotten when it is closed.
type kept struct {
	net.Conn
	f *Front
}

// Close closes it.
func (k *kept) Close() error {
	k.f.forget(k.Conn)
	return nil
}

// through passes everything on to the real collector, and back.
func (f *Front) through(near net.Conn) {
	far, err := net.DialTimeout("tcp", f.address, 5*time.Second)
	if err != nil {
		return
	}
	if !f.keep(far, "honest") {
		f.forget(far)
		return
	}
	var both sync.WaitGroup
	pass := func(to, from net.Conn) {
		io.Copy(to, from)
		to.Close()
	}
	both.Go(func() { pass(far, near) })
	both.Go(func() { pass(near, far) })
	both.Wait()
	f.forget(far)
}

// handed is a listener of connections that somebody else took.
type handed struct {
	at   net.Addr
	in   chan net.Conn
	over chan struct{}
}

func (h *handed) hand(c net.Conn) {
	select {
	case h.in <- c:
	case <-h.over:
		c.Close()
	}
}

// Accept gives the next.
func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.in:
		return c, nil
	case <-h.over:
		return nil, net.ErrClosed
	}
}

// Close does nothing: the other listener is closed.
func (h *handed) Close() error { return nil }

// Addr is the one of the front.
func (h *handed) Addr() net.Addr { return h.at }

// stranger makes a certificate with the same names as another, of an authority of which nobody knows.
func stranger(like *tls.Certificate) (*tls.Certificate, error) {
	names, err := x509.ParseCertificate(like.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("front: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("front: %w", err)
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(666), Subject: names.Subject, DNSNames: names.DNSNames, IPAddresses: names.IPAddresses,
		NotBefore: names.NotBefore, NotAfter: names.NotAfter, KeyUsage: names.KeyUsage | x509.KeyUsageCertSign, ExtKeyUsage: names.ExtKeyUsage, IsCA: true,
		BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("front: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, nil
}

// noise is what nobody understands.
func noise(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}
