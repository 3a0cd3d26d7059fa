// Package envelope is what travels between two devices of a room: a header that says from whom to
// whom, and a body that only the receiver can use. Whoever passes it on reads the header and nothing
// else. It never holds a count, it knows no keys, and a device believes nothing that its header says
// until the body has proved it (privacy/room).
package envelope

import (
	"errors"
	"fmt"

	"tellijn/privacy/coding"
)

// ErrInvalid is wrapped by every error here.
var ErrInvalid = errors.New("envelope: invalid")

// Sizes in bytes.
const (
	MaxEnvelope = 768 // of an envelope; what a tally needs is at most 437, the rest is for a larger seal
	MaxBody     = 640 // of a body; with the longest names the header takes 121
)

// Version of the list of fields.
const Version = 1

// Kind says what is in the body.
type Kind uint8

// The kinds.
const (
	Tally   Kind = 1 // from a door to the head of its room, sealed
	Receipt Kind = 2 // from the head to a door, signed
)

// Header is what everybody on the way can read. N grows by one with each tally of a door, so it says
// how many intervals there were, and nothing of what was counted.
type Header struct {
	Room string // 1 to 32 of a-z, 0-9 and hyphen, as the devices are
	From string // the device that sends
	To   string // the device that it is for; another one
	Kind Kind
	N    uint32 // of a tally: its number, from 1; of a receipt: the last number that is booked
}

// Envelope is a header with a body.
type Envelope struct {
	Header
	Body []byte // 1 to MaxBody bytes
}

// header and envelope are the wire forms, in the order of envelope.cddl.
type header struct {
	_              struct{} `cbor:",toarray"`
	Version        uint8
	Room, From, To string
	Kind           uint8
	N              uint32
}

type envelope struct {
	_              struct{} `cbor:",toarray"`
	Version        uint8
	Room, From, To string
	Kind           uint8
	N              uint32
	Body           []byte
}

// Check tells the first thing that is wrong with h.
func (h *Header) Check() error {
	for _, s := range [...]string{h.Room, h.From, h.To} {
		if !coding.ValidName(s) {
			return bad("name %q, want 1 to 32 of a-z, 0-9 and hyphen", s)
		}
	}
	switch {
	case h.From == h.To:
		return bad("from %q to itself", h.From)
	case h.Kind != Tally && h.Kind != Receipt:
		return bad("kind %d, want %d or %d", h.Kind, Tally, Receipt)
	case h.Kind == Tally && h.N == 0:
		return bad("tally number 0, want 1 or more")
	}
	return nil
}

// Check tells the first thing that is wrong with e.
func (e *Envelope) Check() error {
	if len(e.Body) < 1 || len(e.Body) > MaxBody {
		return bad("body of %d bytes, want 1 to %d", len(e.Body), MaxBody)
	}
	return e.Header.Check()
}

// Encode gives the header alone, as deterministic CBOR: what a seal is bound to.
func (h *Header) Encode() ([]byte, error) {
	if err := h.Check(); err != nil {
		return nil, err
	}
	return coding.Marshal(header{Version: Version, Room: h.Room, From: h.From, To: h.To, Kind: uint8(h.Kind), N: h.N})
}

// Encode gives the envelope as deterministic CBOR, at most MaxEnvelope bytes.
func (e *Envelope) Encode() ([]byte, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	return coding.Marshal(envelope{Version: Version, Room: e.Room, From: e.From, To: e.To, Kind: uint8(e.Kind), N: e.N, Body: e.Body})
}

// Decode reads one envelope and refuses every byte that Encode would not have written so.
func Decode(b []byte) (Envelope, error) {
	if len(b) > MaxEnvelope {
		return Envelope{}, bad("%d bytes, at most %d", len(b), MaxEnvelope)
	}
	var w envelope
	if err := coding.Unmarshal(b, &w); err != nil {
		return Envelope{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if w.Version != Version {
		return Envelope{}, bad("version %d, want %d", w.Version, Version)
	}
	e := Envelope{Header{w.Room, w.From, w.To, Kind(w.Kind), w.N}, w.Body}
	if err := e.Check(); err != nil {
		return Envelope{}, err
	}
	return e, nil
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
