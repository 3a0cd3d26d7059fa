package sign

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Key signs. It has no text form, so that it cannot end up in one: Format hides it, and where fmt may
// not call that, in a field of lower case, it finds a function only. A pointer it would follow.
type Key struct{ private func() ed25519.PrivateKey }

// NewKey makes the key of a seed, which is 32 random bytes that nobody else knows.
func NewKey(seed [32]byte) Key {
	private := ed25519.NewKeyFromSeed(seed[:])
	return Key{func() ed25519.PrivateKey { return private }}
}

// Public gives the half that may be known. Of a Key that NewKey did not make it is zeros.
func (k Key) Public() (p Public) {
	if k.private != nil {
		copy(p[:], k.private()[ed25519.SeedSize:])
	}
	return p
}

// Format writes no part of the key, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, "(key that is not shown)") }

// Public is a key to verify with: an Ed25519 public key (RFC 8032 section 5.1.5).
type Public [ed25519.PublicKeySize]byte

// ParsePublic reads a key of 64 hexadecimal digits. It refuses zeros, which are a key that was not set.
func ParsePublic(s string) (Public, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != ed25519.PublicKeySize || Public(b) == (Public{}) {
		return Public{}, fmt.Errorf("sign: public key %q, want 64 hexadecimal digits, not all zero", s)
	}
	return Public(b), nil
}

// String gives 64 hexadecimal digits, as ParsePublic reads them.
func (p Public) String() string { return hex.EncodeToString(p[:]) }

// ID gives the name of the key in what it signs.
func (p Public) ID() ID {
	sum := sha256.Sum256(p[:])
	return ID(sum[:len(ID{})])
}

func (p Public) key() ed25519.PublicKey { return p[:] }

// ID is the first 8 bytes of the SHA-256 of a public key. It chooses among known keys and proves
// nothing.
type ID [8]byte

// String gives 16 hexadecimal digits.
func (i ID) String() string { return hex.EncodeToString(i[:]) }
