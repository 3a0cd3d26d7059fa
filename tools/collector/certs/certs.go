// Package certs makes the certificates of one installation: an authority of its own, a certificate for
// the collector or a broker, and one for each device. It writes no files, keeps no list, and asks no
// clock. An authority signs for nobody but this installation, and nobody else's is trusted: who holds
// its key can make devices, so it stays in the collector's directory.
package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"slices"
	"time"
)

// How long certificates are good for. A device that was away must find them good when it comes back,
// so they are long; one that should not come back is revoked.
const (
	AuthorityYears = 30
	ServerYears    = 2
	DeviceYears    = 10
)

// Names that no device may have, since brokers tell by them who may do what.
const (
	CollectorName = "collector"
	BrokerName    = "broker"
)

// Pair is a certificate and its key, both PEM.
type Pair struct{ Certificate, Key []byte }

// Authority signs certificates.
type Authority struct {
	Certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// early is before any clock of a device that never learnt the time: one that begins at the time of its
// program must not find that certificates are not good yet.
func early() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }

// NewAuthority makes an authority with a fresh key. ECDSA P-256 is what every broker can read.
func NewAuthority(now time.Time) (Pair, error) {
	t := &x509.Certificate{
		Subject: pkix.Name{CommonName: "tellijn authority"}, NotBefore: early(), NotAfter: now.AddDate(AuthorityYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, fmt.Errorf("certs: %w", err)
	}
	p, _, err := issue(t, t, key, key)
	return p, err
}

// Load reads an authority that NewAuthority made.
func Load(p Pair) (*Authority, error) {
	cert, err := Parse(p.Certificate)
	if err != nil {
		return nil, err
	}
	b, _ := pem.Decode(p.Key)
	if b == nil || b.Type != "PRIVATE KEY" {
		return nil, errors.New("certs: the authority's key is no PEM file of a private key")
	}
	k, err := x509.ParsePKCS8PrivateKey(b.Bytes)
	if err != nil {
		return nil, fmt.Errorf("certs: the authority's key: %w", err)
	}
	key, ok := k.(*ecdsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(cert.PublicKey) || !cert.IsCA {
		return nil, errors.New("certs: the authority's key and certificate do not belong together")
	}
	return &Authority{cert, key}, nil
}

// Server makes a certificate for host names and addresses, and gives its serial number.
func (a *Authority) Server(name string, hosts []string, now time.Time) (Pair, string, error) {
	if len(hosts) == 0 {
		return Pair{}, "", errors.New("certs: no host, want at least one name or address")
	}
	t := &x509.Certificate{Subject: pkix.Name{CommonName: name}, NotAfter: now.AddDate(ServerYears, 0, 0),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	return a.leaf(t)
}

// Client makes a certificate for whoever goes by that name, and gives its serial number. It serves no
// one as a server, so a device cannot stand in for the collector.
func (a *Authority) Client(name string, now time.Time) (Pair, string, error) {
	return a.leaf(&x509.Certificate{Subject: pkix.Name{CommonName: name}, NotAfter: now.AddDate(DeviceYears, 0, 0),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
}

func (a *Authority) leaf(t *x509.Certificate) (Pair, string, error) {
	t.NotBefore, t.KeyUsage, t.BasicConstraintsValid = early(), x509.KeyUsageDigitalSignature, true
	if t.NotAfter.After(a.Certificate.NotAfter) {
		t.NotAfter = a.Certificate.NotAfter
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, "", fmt.Errorf("certs: %w", err)
	}
	return issue(t, a.Certificate, key, a.key)
}

func issue(t, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) (Pair, string, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return Pair{}, "", fmt.Errorf("certs: %w", err)
	}
	t.SerialNumber = serial.Add(serial, big.NewInt(1))
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, signer)
	if err != nil {
		return Pair{}, "", fmt.Errorf("certs: %w", err)
	}
	k, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, "", fmt.Errorf("certs: %w", err)
	}
	return Pair{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: k})}, Serial(t), nil
}

// Alone makes a certificate for a device that is written far away from the authority: the device signs it
// itself, and the collector takes it by its Fingerprint and nothing else. Random makes the key.
func Alone(name string, now time.Time, random io.Reader) (Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), random)
	if err != nil {
		return Pair{}, fmt.Errorf("certs: %w", err)
	}
	t := &x509.Certificate{Subject: pkix.Name{CommonName: name}, NotBefore: early(), NotAfter: now.AddDate(DeviceYears, 0, 0), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	p, _, err := issue(t, t, key, key)
	return p, err
}

// Fingerprint is the SHA-256 of a certificate as it is shown (DER), as hexadecimal digits.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// Serial gives a serial number as hexadecimal digits.
func Serial(c *x509.Certificate) string { return hex.EncodeToString(c.SerialNumber.Bytes()) }

// Revoked makes the list of serial numbers that a broker should refuse (RFC 5280 section 5). number
// has to grow with each list.
func (a *Authority) Revoked(serials []string, now time.Time) ([]byte, error) {
	// A broker refuses everybody when the next list is overdue, so that is far off.
	list := &x509.RevocationList{Number: big.NewInt(now.UnixMilli()), ThisUpdate: early(), NextUpdate: a.Certificate.NotAfter}
	for _, s := range slices.Compact(slices.Sorted(slices.Values(serials))) {
		b, err := hex.DecodeString(s)
		if err != nil {
			return nil, fmt.Errorf("certs: serial number %q: %w", s, err)
		}
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: new(big.Int).SetBytes(b), RevocationTime: now})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, a.Certificate, a.key)
	if err != nil {
		return nil, fmt.Errorf("certs: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), nil
}

// Parse reads one certificate.
func Parse(text []byte) (*x509.Certificate, error) {
	b, _ := pem.Decode(text)
	if b == nil || b.Type != "CERTIFICATE" {
		return nil, errors.New("certs: not a PEM file of a certificate")
	}
	c, err := x509.ParseCertificate(b.Bytes)
	if err != nil {
		return nil, fmt.Errorf("certs: %w", err)
	}
	return c, nil
}

// Hosts gives the names and addresses that a certificate is good for.
func Hosts(c *x509.Certificate) []string {
	hosts := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		hosts = append(hosts, ip.String())
	}
	return hosts
}
