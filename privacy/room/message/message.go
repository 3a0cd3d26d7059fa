// Package message is what two devices of a room tell each other, before it is signed and sealed: the
// tally of a door, and the receipt of the head. Both are deterministic CBOR with a closed list of
// fields (message.cddl); a tally has the same size whatever was counted. It signs nothing and seals
// nothing, and no tally of it ever leaves a device unsealed (privacy/room).
package message

import (
	"bytes"
	"errors"
	"fmt"

	"tellijn/privacy/coding"
)

// ErrInvalid is wrapped by every error here.
var ErrInvalid = errors.New("message: invalid")

// Sizes and bounds.
const (
	Version    = 1
	TallySize  = 176             // bytes of every encoded tally; with the widest fields, 36 of them are pad
	MaxReceipt = 142             // bytes of an encoded receipt with the widest fields
	MaxCount   = 1 << 24         // crossings of an interval and direction; a line cannot have a sixteenth of it
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
	if !coding.ValidName(t.Room) || !coding.ValidName(t.Door) || t.N == 0 || t.From < 0 || t.From > MaxTime ||
		t.Forward > MaxCount || t.Backward > MaxCount {
		return nil, bad("tally %d of %q in %q from %d: %d, %d; want names, a number from 1, a time, counts up to %d",
			t.N, t.Door, t.Room, t.From, t.Forward, t.Backward, MaxCount)
	}
	w := tally{Version, t.Room, t.Door, t.N, t.From, t.Forward, t.Backward, t.In, t.Out, t.Level, make([]byte, 24), t.Bond}
	b, err := coding.Marshal(&w)
	if err != nil {
		return nil, err
	}
	// From 24 to 255 bytes, a byte string has two bytes in front (RFC 8949 section 3.1), so each byte
	// of pad is one of the whole.
	w.Pad = make([]byte, 24+TallySize-len(b))
	return coding.Marshal(&w)
}

// DecodeTally reads one tally and refuses every byte that Encode would not have written so.
func DecodeTally(b []byte) (Tally, error) {
	if len(b) != TallySize {
		return Tally{}, bad("tally of %d bytes, want %d", len(b), TallySize)
	}
	var w tally
	if err := coding.Unmarshal(b, &w); err != nil {
		return Tally{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if w.Version != Version {
		return Tally{}, bad("version %d, want %d", w.Version, Version)
	}
	t := Tally{w.Room, w.Door, w.Bond, w.N, w.From, w.Forward, w.Backward, w.In, w.Out, w.Level}
	again, err := t.Encode()
	if err := same(b, again, err); err != nil {
		return Tally{}, err
	}
	return t, nil
}

// Encode gives at most MaxReceipt bytes.
func (r *Receipt) Encode() ([]byte, error) {
	if !coding.ValidName(r.Room) || !coding.ValidName(r.Head) || !coding.ValidName(r.Door) || r.At < 0 || r.At > MaxTime {
		return nil, bad("receipt of %q to %q in %q at %d, want names and a time", r.Head, r.Door, r.Room, r.At)
	}
	return coding.Marshal(&receipt{Version, r.Room, r.Head, r.Door, r.N, r.At, r.Bond})
}

// DecodeReceipt reads one receipt and refuses every byte that Encode would not have written so.
func DecodeReceipt(b []byte) (Receipt, error) {
	if len(b) > MaxReceipt {
		return Receipt{}, bad("receipt of %d bytes", len(b))
	}
	var w receipt
	if err := coding.Unmarshal(b, &w); err != nil {
		return Receipt{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if w.Version != Version {
		return Receipt{}, bad("version %d, want %d", w.Version, Version)
	}
	r := Receipt{w.Room, w.Head, w.Door, w.Bond, w.N, w.At}
	again, err := r.Encode()
	if err := same(b, again, err); err != nil {
		return Receipt{}, err
	}
	return r, nil
}

func same(b, again []byte, err error) error {
	if err == nil && !bytes.Equal(b, again) {
		err = bad("pad is not the zeros that make the size")
	}
	return err
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
