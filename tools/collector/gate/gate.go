// Package gate is the collector's one door to a network: HTTPS that takes batches from devices which
// show a certificate of the collector's own authority, or the very one that they were enrolled with, and nothing
// else. It serves no page and no file,
// reads no batch itself (tools/collector/intake does), and gives no reason to strangers. Everything that a
// caller can make long is bounded: connections, headers, bodies, waiting, and how often one device asks.
package gate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"tellijn/privacy/batch"
	"tellijn/tools/collector/certs"
	"tellijn/tools/collector/intake"
)

// Limits of what callers may take up.
type Limits struct {
	Connections int           // open at once
	Header      int           // bytes
	Wait        time.Duration // for a whole request, and for its answer to be read
	Idle        time.Duration // of a connection
	Rate        float64       // batches a second of one device, on average
	Burst       int           // batches of one device at once
}

// Ordinary gives the limits of a collector. A device that comes back after a week sends a few dozen batches
// at once. Its connection stays open from interval to interval, as long as that is an hour at most: a
// handshake for each interval would be more traffic than the records.
func Ordinary() Limits {
	return Limits{Connections: 4096, Header: 8 << 10, Wait: 30 * time.Second, Idle: 65 * time.Minute, Rate: 20, Burst: 100}
}

// Handler takes a batch that came from a device, and gives the answer or one of the errors of package
// intake.
type Handler interface {
	Handle(from string, encoded []byte) ([]byte, error)
}

// Gate serves devices.
type Gate struct {
	Limits  Limits
	Handler Handler
	Devices intake.Devices
	Pool    *x509.CertPool // the one authority that devices' certificates are of
	Log     *slog.Logger

	shown atomic.Pointer[tls.Certificate]
	rates rates
}

// Show sets the certificate that is shown to new connections, at any time.
func (g *Gate) Show(c *tls.Certificate) { g.shown.Store(c) }

// Serve answers until ctx ends; then it lets running requests end. The gate closes the listener.
func (g *Gate) Serve(ctx context.Context, l net.Listener) error {
	s := &http.Server{
		Handler: g, ReadHeaderTimeout: g.Limits.Wait / 3, ReadTimeout: g.Limits.Wait, WriteTimeout: 2 * g.Limits.Wait,
		IdleTimeout: g.Limits.Idle, MaxHeaderBytes: g.Limits.Header, ErrorLog: log.New(g, "", 0),
		Protocols: new(http.Protocols),
	}
	s.Protocols.SetHTTP1(true) // one request at a time on a connection, so that limits are what they seem
	done := make(chan error, 1)
	go func() { done <- s.Serve(tls.NewListener(bound(l, g.Limits.Connections), g.config())) }()
	select {
	case err := <-done:
		return fmt.Errorf("gate: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := s.Shutdown(end); err != nil {
		s.Close()
	}
	<-done
	return nil
}

// Write takes the words of net/http about connections that failed. They come from outside and name
// nobody, so they only count as an event.
func (g *Gate) Write(b []byte) (int, error) {
	g.Log.Debug("a connection failed")
	return len(b), nil
}

func (g *Gate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, ClientCAs: g.Pool,
		ClientAuth: tls.RequireAnyClientCert,                           // that the other side has its key; who that is, device finds out
		NextProtos: []string{"http/1.1"}, SessionTicketsDisabled: true, // every connection shows its certificate
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if c := g.shown.Load(); c != nil {
				return c, nil
			}
			return nil, errors.New("gate: no certificate yet")
		},
		VerifyConnection: func(s tls.ConnectionState) error {
			_, err := g.device(&s)
			return err
		},
	}
}

// device gives the name of the device behind a connection, if it is enrolled and its certificate is the
// one that it should show.
func (g *Gate) device(s *tls.ConnectionState) (string, error) {
	if len(s.PeerCertificates) == 0 {
		return "", errors.New("gate: no certificate")
	}
	c := s.PeerCertificates[0]
	d, ok, err := g.Devices.Device(c.Subject.CommonName)
	if err != nil {
		return "", err
	}
	if !ok || !d.Pinned(certs.Fingerprint(c)) && !(d.Shows(certs.Serial(c)) && g.signed(c)) {
		return "", errors.New("gate: not a certificate of a device")
	}
	return d.Name, nil
}

// signed tells whether the authority signed a certificate, for devices and for now.
func (g *Gate) signed(c *x509.Certificate) bool {
	if g.Pool == nil {
		return false // nil would be whom the system trusts
	}
	_, err := c.Verify(x509.VerifyOptions{Roots: g.Pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	return err == nil
}

// ServeHTTP answers one request.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.TLS == nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	name, err := g.device(r.TLS) // once more: it may have been revoked since it connected
	switch {
	case err != nil:
		g.refuse(w, name, http.StatusForbidden, "a certificate is no longer good")
		return
	case r.URL.Path != batch.Path:
		g.refuse(w, name, http.StatusNotFound, "a request for something else")
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		g.refuse(w, name, http.StatusMethodNotAllowed, "a request that is no batch")
		return
	case r.ContentLength > batch.MaxSize:
		g.refuse(w, name, http.StatusRequestEntityTooLarge, "a batch was too large")
		return
	case !g.rates.allow(name, g.Limits, time.Now()):
		w.Header().Set("Retry-After", "5")
		g.refuse(w, name, http.StatusTooManyRequests, "a device asks too often")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, batch.MaxSize))
	if err != nil {
		status := http.StatusBadRequest
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			status = http.StatusRequestEntityTooLarge
		}
		g.refuse(w, name, status, "a batch did not come whole")
		return
	}
	answer, err := g.Handler.Handle(name, body)
	if err != nil {
		status := status(err)
		if status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "60")
		}
		g.refuse(w, name, status, "a batch was not taken")
		return
	}
	w.Header().Set("Content-Type", batch.Type)
	w.Write(answer) // a device that does not get it sends the batch again
}

// refuse ends a request and its connection. The device learns a number and no words.
func (g *Gate) refuse(w http.ResponseWriter, device string, status int, what string) {
	g.Log.Info(what, "device", device, "status", status)
	w.Header().Set("Connection", "close")
	w.WriteHeader(status)
}

func status(err error) int {
	switch {
	case errors.Is(err, intake.ErrMalformed):
		return http.StatusBadRequest
	case errors.Is(err, intake.ErrStranger):
		return http.StatusForbidden
	}
	return http.StatusServiceUnavailable
}
