// Package peertest makes certificates for tests of TLS: an authority, and what it signs. It keeps
// nothing, and no program of the device links it.
package peertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority signs certificates.
type Authority struct {
	tb   testing.TB
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

// New makes an authority that has been there for a day and stays for a year.
func New(tb testing.TB) *Authority {
	tb.Helper()
	a := &Authority{tb: tb, key: newKey(tb)}
	t := template("authority", time.Now().Add(-24*time.Hour), time.Now().Add(365*24*time.Hour))
	t.IsCA, t.BasicConstraintsValid, t.KeyUsage = true, true, x509.KeyUsageCertSign
	a.cert = a.sign(t, t, &a.key.PublicKey)
	return a
}

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func template(name string, from, to time.Time) *x509.Certificate {
	n, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	return &x509.Certificate{SerialNumber: n, Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: to}
}

func (a *Authority) sign(t, parent *x509.Certificate, public *ecdsa.PublicKey) *x509.Certificate {
	a.tb.Helper()
	der, err := x509.CreateCertificate(rand.Reader, t, parent, public, a.key)
	if err != nil {
		a.tb.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		a.tb.Fatal(err)
	}
	return c
}

// Server gives the certificate of a server of that name or address, valid between two times.
func (a *Authority) Server(host string, from, to time.Time) tls.Certificate {
	a.tb.Helper()
	t := template(host, from, to)
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if ip := net.ParseIP(host); ip != nil {
		t.IPAddresses = []net.IP{ip}
	} else {
		t.DNSNames = []string{host}
	}
	k := newKey(a.tb)
	return tls.Certificate{Certificate: [][]byte{a.sign(t, a.cert, &k.PublicKey).Raw}, PrivateKey: k}
}

// Config is that of a server which takes only devices of this authority.
func (a *Authority) Config(own tls.Certificate) *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return &tls.Config{Certificates: []tls.Certificate{own}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS13}
}

// Good is Config with a certificate for 127.0.0.1 that is valid now.
func (a *Authority) Good() *tls.Config {
	a.tb.Helper()
	return a.Config(a.Server("127.0.0.1", time.Now().Add(-time.Hour), time.Now().Add(time.Hour)))
}

// Device gives the contents of the device's three files: authority, certificate, key.
func (a *Authority) Device(name string) [3][]byte {
	a.tb.Helper()
	t := template(name, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	k := newKey(a.tb)
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		a.tb.Fatal(err)
	}
	encode := func(kind string, b []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}) }
	return [3][]byte{encode("CERTIFICATE", a.cert.Raw), encode("CERTIFICATE", a.sign(t, a.cert, &k.PublicKey).Raw), encode("PRIVATE KEY", der)}
}

// Files writes files for a device into a folder, under the names that the courier knows.
func Files(tb testing.TB, dir string, contents [3][]byte) {
	tb.Helper()
	for i, name := range []string{"ca.pem", "device.pem", "device.key"} {
		if err := os.WriteFile(filepath.Join(dir, name), contents[i], 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

// PEM gives certificate and key of a server as files have them.
func PEM(tb testing.TB, c tls.Certificate) (certificate, key []byte) {
	tb.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		tb.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
