package register

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"tellijn/tools/collector/certs"
)

// renewBefore is how long before its end the server's certificate is made anew.
const renewBefore = 90 * 24 * time.Hour

// Hosts makes the server's certificate good for hosts too, and makes a new one when there is none, when
// it ends soon, or when a host is missing in it. This computer's own name and addresses of itself are
// always in it. The caller holds the lock of Make, or is the only one.
func (r *Register) Hosts(hosts []string, now time.Time) error {
	want := []string{"localhost", "127.0.0.1", "::1"}
	if name, err := os.Hostname(); err == nil && name != "" {
		want = append(want, name)
	}
	p, err := r.pair(server)
	have := []string{}
	good := err == nil
	if good {
		c, err := certs.Parse(p.Certificate)
		if err != nil {
			return err
		}
		have = certs.Hosts(c)
		_, broken := tls.X509KeyPair(p.Certificate, p.Key) // cut off between the two files
		good = broken == nil && now.Before(c.NotAfter.Add(-renewBefore))
	}
	for _, h := range append(want, hosts...) {
		if ip := net.ParseIP(h); ip != nil {
			h = ip.String()
		}
		if !slices.Contains(have, h) {
			have, good = append(have, h), false
		}
	}
	if good {
		return nil
	}
	a, err := r.Authority()
	if err != nil {
		return err
	}
	p, _, err = a.Server("tellijn collector", have, now)
	if err != nil {
		return err
	}
	return r.putPair(server, p)
}

// Server loads what the collector shows to devices.
func (r *Register) Server() (*tls.Certificate, error) { return r.load(server) }

// Collector loads what the collector shows to a broker.
func (r *Register) Collector() (*tls.Certificate, error) { return r.load(collector) }

func (r *Register) load(name string) (*tls.Certificate, error) {
	c, err := tls.LoadX509KeyPair(r.Path(name+".pem"), r.Path(name+".key"))
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	return &c, nil
}

// Pool gives the one authority that is trusted, and its PEM file.
func (r *Register) Pool() (*x509.CertPool, []byte, error) {
	text, err := os.ReadFile(r.Path(authority + ".pem"))
	if err != nil {
		return nil, nil, fmt.Errorf("register: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, nil, fmt.Errorf("register: %s: no certificate in it", r.Path(authority+".pem"))
	}
	return pool, text, nil
}

// Revoke writes the list of all certificates that a broker should refuse, and gives it.
func (r *Register) Revoke(now time.Time) ([]byte, error) {
	all, err := r.Devices()
	if err != nil {
		return nil, err
	}
	var serials []string
	for _, d := range all {
		for _, c := range d.Certificates {
			if c.Serial != "" && (c.Revoked || d.Revoked) {
				serials = append(serials, c.Serial)
			}
		}
	}
	a, err := r.Authority()
	if err != nil {
		return nil, err
	}
	list, err := a.Revoked(serials, now)
	if err != nil {
		return nil, err
	}
	return list, WriteFile(r.Path(revoked), list, 0o644)
}
