// Package peer holds who the device is to its collector and whom it takes for that: one pinned
// authority and one certificate of its own, TLS 1.3 and nothing older. It opens no connection, trusts
// no authority of the system, and never takes the other side's word for the time. The uploads of
// firmware/upload put it on the connections that they were given.
package peer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"
)

// ErrStranger is wrapped when the other side is not the collector that it should be.
var ErrStranger = errors.New("peer: not the collector of the configuration")

// Names of the files in the courier's directory.
const (
	Authority   = "ca.pem"     // who signs the collector's certificates
	Certificate = "device.pem" // of the device
	Key         = "device.key" // of the device
)

// maxFile bounds each of them in bytes.
const maxFile = 64 << 10

// Identity is the device's side of a connection. The zero value is no identity.
type Identity struct {
	roots *x509.CertPool
	own   tls.Certificate
}

// Load reads the three files in dir. It is called before the program gives up its rights.
func Load(dir string) (Identity, error) {
	var b [3][]byte
	for i, name := range []string{Authority, Certificate, Key} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return Identity{}, fmt.Errorf("peer: %w; the collector's enrol writes %s, %s and %s", err, Authority, Certificate, Key)
		}
		b[i], err = io.ReadAll(io.LimitReader(f, maxFile+1))
		f.Close()
		if err != nil {
			return Identity{}, fmt.Errorf("peer: %w", err)
		}
		if len(b[i]) > maxFile {
			return Identity{}, fmt.Errorf("peer: %s has more than %d bytes", name, maxFile)
		}
	}
	return Parse(b[0], b[1], b[2])
}

// Parse takes the contents of the three files, in PEM.
func Parse(authority, certificate, key []byte) (Identity, error) {
	i := Identity{roots: x509.NewCertPool()}
	if !i.roots.AppendCertsFromPEM(authority) {
		return Identity{}, fmt.Errorf("peer: no certificate in %s", Authority)
	}
	own, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return Identity{}, fmt.Errorf("peer: %s and %s: %w", Certificate, Key, err)
	}
	i.own = own
	return i, nil
}

// Secure puts TLS on a connection to the collector named host, a name or an address without a port,
// and closes it if the other side is somebody else; then the error wraps ErrStranger. now is the
// time as far as the device knows it.
func (i Identity) Secure(ctx context.Context, conn net.Conn, host string, now time.Time) (net.Conn, error) {
	c := tls.Client(conn, i.config(host, now))
	if err := c.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("peer: %w", err)
	}
	return c, nil
}

// config leaves the check of certificates to verify, which is stricter than the usual one in whom it
// trusts and milder in one thing, the time.
func (i Identity) config(host string, now time.Time) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		ServerName: host,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &i.own, nil
		},
		InsecureSkipVerify: true,
		VerifyConnection:   func(s tls.ConnectionState) error { return i.verify(s.PeerCertificates, host, now) },
	}
}

// verify takes a certificate for host that the pinned authority signed. A board without a battery
// starts years back, and may never get the time where it hangs; it must deliver all the same. So a
// clock before the certificate counts as the moment when that was issued. Nothing is lost by that:
// that a certificate is not valid yet protects nobody when one authority signs for one
// collector, and whoever could turn the clock back could as well turn it into the valid time.
// One that has ended is refused as soon as the device knows the time.
func (i Identity) verify(chain []*x509.Certificate, host string, now time.Time) error {
	if len(chain) == 0 || i.roots == nil {
		return fmt.Errorf("%w: no certificate", ErrStranger)
	}
	leaf := chain[0]
	if now.Before(leaf.NotBefore) {
		now = leaf.NotBefore
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: i.roots, Intermediates: between, CurrentTime: now}); err != nil {
		return fmt.Errorf("%w: %w", ErrStranger, err)
	}
	return nil
}
