// Package message is what two devices of a room tell each other, before it is signed and sealed: the
// tally of a door, and the receipt of the head. Both are deterministic CBOR with a closed list of
// fields (message.cddl); a tally has the same size whatever was counted. It signs nothing and seals
// nothing, and no tally of it ever leaves a device unsealed (privacy/room).
package message

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"tellijn/privacy/room/envelope"
)

// ErrInvalid is wrapped by every error here.
var ErrInvalid = errors.New("message: invalid")

// Sizes and bounds.
const (
	Version    = 1
	TallySize  = 176             // bytes of every encoded tally; with the widest fields, 36 of them are pad
	MaxReceipt = 142             // bytes of an encoded receipt with the widest fields
	MaxTime    = 253_402_300_800 // Unix seconds: 10000-01-01
)

// Bond names the two ends of a numbering: the room, the door and the head with their keys. Another
// key on either side is another numbering, so nothing signed for an old one counts in a new one.
type Bond [16]byte

// Tally is what a door counted in one interval, for the head of its room.
type Tally struct {
	Room, Door        string
	Bond              Bond
	N                 uint32 // from 1, without gaps, across boots
	From              int64  // Unix seconds, first of the interval
	Forward, Backward uint32 // people who crossed
	// What the door carried and showed of its own while it was alone, moved to the head with this
	// tally: zeros but in the first one after that.
	In, Out, Level uint32
}

// Receipt says that the head has booked all tallies of a door up to and with N. At is the head's
// clock, Unix seconds.
type Receipt struct {
	Room, Head, Door string
	Bond             Bond
	N                uint32
	At               int64
}

type tally struct {
	Version  uint8  `cbor:"1,keyasint"`
	Room     string `cbor:"2,keyasint"`
	Door     string `cbor:"3,keyasint"`
	N        uint32 `cbor:"4,keyasint"`
	From     int64  `cbor:"5,keyasint"`
	Forward  uint32 `cbor:"6,keyasint"`
	Backward uint32 `cbor:"7,keyasint"`
	In       uint32 `cbor:"8,keyasint"`
	Out      uint32 `cbor:"9,keyasint"`
	Level    uint32 `cbor:"10,keyasint"`
	Pad      []byte `cbor:"11,keyasint"`
	Bond     Bond   `cbor:"12,keyasint"`
}

type receipt struct {
	Version uint8  `cbor:"1,keyasint"`
	Room    string `cbor:"2,keyasint"`
	Head    string `cbor:"3,keyasint"`
	Door    string `cbor:"4,keyasint"`
	N       uint32 `cbor:"5,keyasint"`
	At      int64  `cbor:"6,keyasint"`
	Bond    Bond   `cbor:"7,keyasint"`
}

// Encode gives TallySize bytes.
func (t *Tally) Encode() ([]byte, error) {
	if !envelope.ValidName(t.Room) || !envelope.ValidName(t.Door) || t.N == 0 || t.From < 0 || t.From > MaxTime {
		return nil, bad("tally %d of %q in %q from %d, want names, a number from 1, and a time", t.N, t.Door, t.Room, t.From)
	}
	w := tally{Version, t.Room, t.Door, t.N, t.From, t.Forward, t.Backward, t.In, t.Out, t.Level, make([]byte, 24), t.Bond}
	b, err := encode(&w)
	if err != nil {
		return nil, err
	}
	// From 24 to 255 bytes, a byte string has two bytes in front (RFC 8949 section 3.1), so each byte
	// of pad is one of the whole.
	w.Pad = make([]byte, 24+TallySize-len(b))
	return encode(&w)
}

// DecodeTally reads one tally and refuses every byte that Encode would not have written so.
func DecodeTally(b []byte) (Tally, error) {
	if len(b) != TallySize {
		return Tally{}, bad("tally of %d bytes, want %d", len(b), TallySize)
	}
	var w tally
	if err := decode(b, &w); err != nil {
		return Tally{}, err
	}
	if w.Version != Version {
		return Tally{}, bad("version %d, want %d", w.Version, Version)
	}
	t := Tally{w.Room, w.Door, w.Bond, w.N, w.From, w.Forward, w.Backward, w.In, w.Out, w.Level}
	again, err := t.Encode()
	return t, same(b, again, err)
}

// Encode gives at most MaxReceipt bytes.
func (r *Receipt) Encode() ([]byte, error) {
	if !envelope.ValidName(r.Room) || !envelope.ValidName(r.Head) || !envelope.ValidName(r.Door) || r.At < 0 || r.At > MaxTime {
		return nil, bad("receipt of %q to %q in %q at %d, want names and a time", r.Head, r.Door, r.Room, r.At)
	}
	return encode(&receipt{Version, r.Room, r.Head, r.Door, r.N, r.At, r.Bond})
}

// DecodeReceipt reads one receipt and refuses every byte that Encode would not have written so.
func DecodeReceipt(b []byte) (Receipt, error) {
	if len(b) > MaxReceipt {
		return Receipt{}, bad("receipt of %d bytes", len(b))
	}
	var w receipt
	if err := decode(b, &w); err != nil {
		return Receipt{}, err
	}
	if w.Version != Version {
		return Receipt{}, bad("version %d, want %d", w.Version, Version)
	}
	r := Receipt{w.Room, w.Head, w.Door, w.Bond, w.N, w.At}
	again, err := r.Encode()
	return r, same(b, again, err)
}

func same(b, again []byte, err error) error {
	if err == nil && !bytes.Equal(b, again) {
		err = bad("not the deterministic encoding, or a field is missing")
	}
	return err
}

func encode(v any) ([]byte, error) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	b, err := mode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	return b, nil
}

func decode(b []byte, v any) error {
	mode, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxNestedLevels:   4,
		MaxArrayElements:  16,
		MaxMapPairs:       16,
	}.DecMode()
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	if err := mode.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
