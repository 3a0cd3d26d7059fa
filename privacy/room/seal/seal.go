// Package seal closes a message so that one device can open it and nobody on the way can: HPKE (RFC
// 9180) in base mode with X25519, HKDF-SHA256 and ChaCha20-Poly1305, from the standard library. A seal
// does not say who made it; the signature inside does (privacy/sign). It makes no keys: a seed comes
// in as an argument. Between privacy/room and the envelope.
package seal

import (
	"crypto/ecdh"
	"crypto/hpke"
	"errors"
	"fmt"
)

// Overhead is by how many bytes a sealed message is longer: the share of the sender's key, and the
// tag (RFC 9180 sections 7.1 and 7.3).
const Overhead = 32 + 16

// ErrSealed is wrapped by the errors of Open and Seal.
var ErrSealed = errors.New("seal: does not open")

// Public is the half of a key that may be known: an X25519 public key (RFC 7748 section 6.1).
type Public = [32]byte

// Key opens. It has no text form, so that it cannot end up in one.
type Key struct{ private hpke.PrivateKey }

// NewKey makes the key of a seed, which is 32 random bytes that nobody else knows.
func NewKey(seed [32]byte) (Key, error) {
	inner, err := ecdh.X25519().NewPrivateKey(seed[:])
	if err != nil {
		return Key{}, fmt.Errorf("seal: %w", err)
	}
	private, err := hpke.NewDHKEMPrivateKey(inner)
	if err != nil {
		return Key{}, fmt.Errorf("seal: %w", err)
	}
	return Key{private}, nil
}

// Public gives the half that may be known. Of a Key that NewKey did not make it is zeros.
func (k Key) Public() (p Public) {
	if k.private != nil {
		copy(p[:], k.private.PublicKey().Bytes())
	}
	return p
}

// Format writes no part of the key, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, "(key that is not shown)") }

// Seal closes plain for the holder of p, bound to info. The same message sealed again gives other
// bytes.
func Seal(p Public, info, plain []byte) ([]byte, error) {
	inner, err := ecdh.X25519().NewPublicKey(p[:])
	if err != nil {
		return nil, fmt.Errorf("%w: public key: %w", ErrSealed, err)
	}
	public, err := hpke.NewDHKEMPublicKey(inner)
	if err != nil {
		return nil, fmt.Errorf("%w: public key: %w", ErrSealed, err)
	}
	b, err := hpke.Seal(public, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, plain)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	return b, nil
}

// Open gives what was sealed for k and this info.
func Open(k Key, info, sealed []byte) ([]byte, error) {
	if k.private == nil || len(sealed) < Overhead {
		return nil, fmt.Errorf("%w: %d bytes, want %d or more and a key of NewKey", ErrSealed, len(sealed), Overhead)
	}
	b, err := hpke.Open(k.private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info, sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	return b, nil
}
