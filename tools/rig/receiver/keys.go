package receiver

import (
	"crypto/tls"
	"crypto/x509"

	"tellijn/privacy/sign"
)

// Shown is the certificate that devices see, and the authority of theirs: for whoever stands in the collector's place.
func (r *Receiver) Shown() (*tls.Certificate, *x509.CertPool, error) {
	shown, err := r.reg.Server()
	if err != nil {
		return nil, nil, err
	}
	pool, _, err := r.reg.Pool()
	return shown, pool, err
}

// Key is the one that receipts are signed with.
func (r *Receiver) Key() sign.Key { return r.in.Key }
