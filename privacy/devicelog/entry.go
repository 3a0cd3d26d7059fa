// Package devicelog is the log of what happened to a device: signed entries of one size, each with the hash
// of the one before, so that nobody can take one away, change one, or put one elsewhere unseen. There is no
// text in it and no field for anything of a frame, a count or a person. The warden writes it; it goes to
// the collector beside the records, and every record says how far it had come.
package devicelog

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"tellijn/privacy/coding"
	"tellijn/privacy/sign"
)

// ErrInvalid is wrapped by the errors of Check, Encode, Decode and Append.
var ErrInvalid = errors.New("devicelog: invalid")

// Version of the field list. A new field is a new version; a new kind of event is not.
const Version = 1

// MaxSize bounds a signed entry in bytes. The largest, for a device with a name of 32, has 287.
const MaxSize = 512

// Entry is one thing that happened. The numbers in the tags are the keys on the wire.
type Entry struct {
	Version  uint8    `cbor:"1,keyasint"`
	Device   string   `cbor:"2,keyasint"`  // 1 to 32 of a-z, 0-9 and hyphen
	Number   uint32   `cbor:"3,keyasint"`  // from 1, without gaps, across boots
	Boot     [16]byte `cbor:"4,keyasint"`  // as in records
	At       int64    `cbor:"5,keyasint"`  // Unix seconds
	Clock    uint8    `cbor:"6,keyasint"`  // what At is worth, as in records: 0 nothing, 1 held, 2 known
	Uptime   uint32   `cbor:"7,keyasint"`  // seconds since boot, by a clock that nobody sets
	Kind     Kind     `cbor:"8,keyasint"`  // what happened
	A        int32    `cbor:"9,keyasint"`  // see the kinds
	B        int32    `cbor:"10,keyasint"` // see the kinds
	Digest   [32]byte `cbor:"11,keyasint"` // SHA-256 of what the kind says, else zero
	Previous Hash     `cbor:"12,keyasint"` // of the signed entry before; zero in the first
}

// Hash of a signed entry.
type Hash [sha256.Size]byte

// HashOf gives the hash of a signed entry.
func HashOf(signed []byte) Hash { return sha256.Sum256(signed) }

// Limits of single fields.
const (
	minTime  = 1_577_836_800 // 2020-01-01, before this project
	maxTime  = 1<<32 - 1     // 2106-02-07, so that times have one width
	maxClock = 2
)

// padded is what is encoded: the entry, and what makes its size the same for all of a device.
type padded struct {
	Entry
	Pad []byte `cbor:"13,keyasint"`
}

// Event gives what happened, without where and when.
func (e *Entry) Event() Event { return Event{e.Kind, e.A, e.B, e.Digest} }

// Check tells the first thing that is wrong with e.
func (e *Entry) Check() error {
	switch {
	case e.Version != Version:
		return bad("version %d, want %d", e.Version, Version)
	case !coding.ValidName(e.Device):
		return bad("device %q, want 1 to 32 of a-z, 0-9 and hyphen", e.Device)
	case e.Number == 0:
		return bad("number 0, want 1 or more")
	case e.Boot == [16]byte{}:
		return bad("boot is zero, want a random number")
	case e.At < minTime || e.At > maxTime:
		return bad("at %d, want Unix seconds from 2020 to 2106", e.At)
	case e.Clock > maxClock:
		return bad("clock %d, at most %d", e.Clock, maxClock)
	case (e.Number == 1) != (e.Previous == Hash{}):
		return bad("entry %d follows %x, want zeros for the first and only for it", e.Number, e.Previous)
	}
	return e.Event().check()
}

// spare is how many bytes shorter the numbers of e are than they could be.
func (e *Entry) spare() (n int) {
	const widest = 5 // below 2^32, and -2^32 and above
	signed := func(v int32) uint64 {
		if v < 0 {
			return uint64(-1 - int64(v))
		}
		return uint64(v)
	}
	for _, v := range [...]uint64{uint64(e.Number), uint64(e.Uptime), signed(e.A), signed(e.B)} {
		n += widest - coding.Width(v)
	}
	const widestKind = 2 // 24 and above
	return n + widestKind - coding.Width(uint64(e.Kind))
}

// Encode checks e and gives its only encoding.
func Encode(e *Entry) ([]byte, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	b, err := coding.Marshal(padded{*e, coding.Pad(e.spare())})
	if err != nil {
		return nil, fmt.Errorf("devicelog: %w", err)
	}
	return b, nil
}

// Decode reads one entry and refuses everything that Encode would not have written.
func Decode(payload []byte) (Entry, error) {
	if len(payload) > MaxSize {
		return Entry{}, bad("%d bytes, at most %d", len(payload), MaxSize)
	}
	var p padded
	if err := coding.Unmarshal(payload, &p); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := p.Check(); err != nil {
		return Entry{}, err
	}
	if !coding.IsPad(p.Pad, p.spare()) {
		return Entry{}, bad("pad of %d bytes, want %d, all zero", len(p.Pad), len(coding.Pad(p.spare())))
	}
	return p.Entry, nil
}

// Open verifies a signed entry and decodes it. Errors wrap those of sign.Open, or ErrInvalid.
func Open(key sign.Public, signed []byte) (Entry, error) {
	payload, err := sign.Open(sign.Log, key, signed)
	if err != nil {
		return Entry{}, fmt.Errorf("devicelog: %w", err)
	}
	return Decode(payload)
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
