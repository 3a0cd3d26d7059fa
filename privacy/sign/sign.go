// Package sign puts a key under what leaves a program, as COSE_Sign1 (RFC 9052) with Ed25519, and
// takes nothing back that it would not have written byte for byte. It makes no keys (a seed comes in
// as an argument), keeps none, and knows nothing of what it signs but its kind. The warden signs
// records, log entries and what goes between doors; the collector signs receipts.
package sign

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/veraison/go-cose"
)

// Errors of Open, Signer and Sign.
var (
	ErrInvalid   = errors.New("sign: invalid")       // no message of this kind in the one form that there is
	ErrSignature = errors.New("sign: not signed so") // the form is right, but this key did not sign these bytes
)

// MaxSize bounds a signed message in bytes.
const MaxSize = 4096

// Kind says what is signed. It is under the signature, so nothing signed as one kind is taken as
// another.
type Kind uint8

// The kinds.
const (
	Record  Kind = 1 // of a device: the released counts of one interval
	Log     Kind = 2 // of a device: an entry of its log
	Receipt Kind = 3 // of a collector: what it has stored
	Door    Kind = 4 // of a device: its tally, for the head of its room
	Booked  Kind = 5 // of the head of a room: which tallies it has added up

	Approval Kind = 6 // of whoever answers for a place: that devices may count there
	Wiped    Kind = 7 // of whoever answers for a device: that it was taken out of service and its card wiped
)

// last is the largest kind.
const last = Wiped

// String names the kind in one word, or gives its number.
func (k Kind) String() string {
	switch k {
	case Record:
		return "record"
	case Log:
		return "log"
	case Receipt:
		return "receipt"
	case Door:
		return "door"
	case Booked:
		return "booked"
	case Approval:
		return "approval"
	case Wiped:
		return "wiped"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// content is the content type in the header. It has the form type/subtype, which RFC 9052 section
// 3.1 asks for.
func (k Kind) content() string { return "tellijn/" + k.String() }

// Sign gives the signed message. The same key, kind and payload give the same bytes. It fails with
// ErrInvalid for an unknown kind, an empty payload, one that is too large, or a Key that NewKey did
// not make.
func (k Key) Sign(kind Kind, payload []byte) ([]byte, error) {
	if kind < Record || kind > last || len(payload) == 0 || k.private == nil {
		return nil, fmt.Errorf("%w: cannot sign %d bytes as %s, want a known kind, a payload and a key of NewKey",
			ErrInvalid, len(payload), kind)
	}
	signer, err := cose.NewSigner(cose.AlgorithmEdDSA, k.private())
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	m := message(kind, k.Public().ID(), payload)
	if err := m.Sign(nil, nil, signer); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	b, err := m.MarshalCBOR()
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if len(b) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes when signed, at most %d", ErrInvalid, len(b), MaxSize)
	}
	return b, nil
}

// Open gives the payload of a message that the key p has signed as this kind. It wraps ErrInvalid
// when b is not, byte for byte, in the form that Sign gives, and ErrSignature when p did not sign it.
func Open(kind Kind, p Public, b []byte) ([]byte, error) {
	m, claimed, id, err := read(b)
	if err != nil {
		return nil, err
	}
	if claimed != kind {
		return nil, fmt.Errorf("%w: signed as %s, want %s", ErrInvalid, claimed, kind)
	}
	// Zeros are a key that nobody set, and a point of order four: anybody can sign for it.
	if p == (Public{}) || id != p.ID() {
		return nil, fmt.Errorf("%w: key %s, want %s", ErrSignature, id, p.ID())
	}
	verifier, err := cose.NewVerifier(cose.AlgorithmEdDSA, p.key())
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if err := m.Verify(nil, verifier); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return m.Payload, nil
}

// Signer gives what a message says of its kind and key, for choosing the key to Open it with. Nothing
// of it is verified. It wraps ErrInvalid as Open does.
func Signer(b []byte) (Kind, ID, error) {
	_, kind, id, err := read(b)
	return kind, id, err
}

// message is the one form: three protected parameters, nothing else.
func message(kind Kind, id ID, payload []byte) *cose.Sign1Message {
	m := cose.NewSign1Message()
	m.Headers.Protected.SetAlgorithm(cose.AlgorithmEdDSA)
	m.Headers.Protected[cose.HeaderLabelContentType] = kind.content()
	m.Headers.Protected[cose.HeaderLabelKeyID] = id[:]
	m.Payload = payload
	return m
}

// read takes a message apart, puts it together again, and takes it only if that gives the same bytes.
// So there is no second spelling of a message, by which a copy would look like another one.
func read(b []byte) (*cose.Sign1Message, Kind, ID, error) {
	fail := func(why string) (*cose.Sign1Message, Kind, ID, error) {
		return nil, 0, ID{}, fmt.Errorf("%w: %s", ErrInvalid, why)
	}
	if len(b) > MaxSize {
		return fail(fmt.Sprintf("%d bytes, at most %d", len(b), MaxSize))
	}
	var got cose.Sign1Message
	if err := got.UnmarshalCBOR(b); err != nil {
		return fail(err.Error())
	}
	content, _ := got.Headers.Protected[cose.HeaderLabelContentType].(string)
	kind := Record
	for kind <= last && kind.content() != content {
		kind++
	}
	var id ID
	claimed, _ := got.Headers.Protected[cose.HeaderLabelKeyID].([]byte)
	switch {
	case kind > last:
		return fail(fmt.Sprintf("content %q, which is no kind of message", content))
	case len(claimed) != len(id):
		return fail(fmt.Sprintf("key id of %d bytes, want %d", len(claimed), len(id)))
	case len(got.Payload) == 0:
		return fail("no payload in it")
	case len(got.Signature) != ed25519.SignatureSize:
		return fail(fmt.Sprintf("signature of %d bytes, want %d", len(got.Signature), ed25519.SignatureSize))
	}
	copy(id[:], claimed)
	m := message(kind, id, got.Payload)
	m.Signature = got.Signature
	again, err := m.MarshalCBOR()
	if err != nil || !bytes.Equal(again, b) {
		return fail("not in the one form that Sign gives")
	}
	return m, kind, id, nil
}
