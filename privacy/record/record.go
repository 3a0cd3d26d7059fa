// Package record is the one kind of value about people that leaves the device: the released counts of
// one interval as deterministic CBOR with a closed list of fields (record.cddl), signed, and of the same
// size whatever it says. It never holds a time of a single crossing, an exact count, a track, or anything
// of a frame, and there is no field for free text. The warden makes records from what privacy/release lets
// out; courier and collector check them again.
package record

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"tellijn/privacy/coding"
	"tellijn/privacy/sign"
)

// ErrInvalid is wrapped by every error of Check, Encode and Decode.
var ErrInvalid = errors.New("record: invalid")

// Version of the field list. A new field is a new version.
const Version = 2

// MaxSize bounds a signed record in bytes. The largest that Check lets pass has 662.
const MaxSize = 1024

// Record holds the released counts of one interval. The numbers in the tags are the keys on the wire.
type Record struct {
	Version  uint8    `cbor:"1,keyasint"`
	Device   string   `cbor:"2,keyasint"` // 1 to 32 of a-z, 0-9 and hyphen
	Boot     [16]byte `cbor:"3,keyasint"` // random, anew at each start of the warden
	Sequence uint32   `cbor:"4,keyasint"` // from 0 in each boot, without gaps
	From     int64    `cbor:"5,keyasint"` // Unix seconds, first of the interval
	To       int64    `cbor:"6,keyasint"` // Unix seconds, first after the interval
	Interval uint32   `cbor:"7,keyasint"` // nominal length in seconds
	Lines    []Line   `cbor:"8,keyasint"` // in the order of the configuration
	Zones    []uint16 `cbor:"9,keyasint"` // people shown in each zone at the end: 0, or k and more
	Coverage uint8    `cbor:"10,keyasint"`
	Dropped  uint8    `cbor:"11,keyasint"` // class of how many blobs, tracks and crossings found a table full
	Damaged  uint8    `cbor:"12,keyasint"` // class of how many frames came damaged
	Lifetime Lifetime `cbor:"13,keyasint"`
	Quality  uint32   `cbor:"14,keyasint"` // bits of counting/tally, and those of Lacking
	Camera   Camera   `cbor:"15,keyasint"`
	Firmware [32]byte `cbor:"16,keyasint"` // SHA-256 of the eye's program
	Previous Hash     `cbor:"17,keyasint"` // of the signed record before; zero if there is none
	// Simulated is true when nobody real was counted: pretended board or pretended camera.
	Simulated bool   `cbor:"18,keyasint"`
	Rule      Rule   `cbor:"19,keyasint"`
	Clock     uint8  `cbor:"20,keyasint"` // what From and To are worth: one of the Clock constants
	Uptime    uint32 `cbor:"21,keyasint"` // seconds from boot to To, by a clock that nobody sets
	Lost      uint32 `cbor:"22,keyasint"` // records that were pushed out of a queue unsent, ever
	Log       Log    `cbor:"23,keyasint"`
}

// Line holds what was released of one line. Forward and Backward are the change of Level, in multiples of
// k; Corrected ones mend what was miscounted or held back, and say nothing about people of this interval.
type Line struct {
	_                 struct{} `cbor:",toarray"`
	Forward           uint32
	Backward          uint32
	CorrectedForward  uint32
	CorrectedBackward uint32
	Level             uint32 // people beyond the line: at least this many, at most 2k - 2 more
	TotalForward      uint32 // of all records so far, with corrections, modulo 2^32
	TotalBackward     uint32
}

// Lifetime says how long frames lived, from dequeue to wiped, in classes of milliseconds.
type Lifetime struct {
	_     struct{} `cbor:",toarray"`
	Worst uint8    // of the interval
	P999  uint8    // upper bound of the 99.9th percentile since the eye's start
}

// Camera says what looked: a camera.
type Camera struct {
	Kind   string `cbor:"1,keyasint"` // always "camera"
	Driver string `cbor:"2,keyasint"` // "v4l2", "sim" or "clip"
	Width  uint16 `cbor:"3,keyasint"` // pixels
	Height uint16 `cbor:"4,keyasint"` // pixels
	Pixel  string `cbor:"5,keyasint"` // four-character code, such as "YUYV"
}

// Rule says how the counts were released.
type Rule struct {
	K     uint8  `cbor:"1,keyasint"` // step of what is released, at least 3
	Mode  uint8  `cbor:"2,keyasint"` // one of the Mode constants
	Room  string `cbor:"3,keyasint"` // as Device; empty for one door
	Heard uint8  `cbor:"4,keyasint"` // doors of the room whose tallies are in this record
	Doors uint8  `cbor:"5,keyasint"` // doors of the room
}

// What the lines of a record are.
const (
	ModeOneDoor = 0 // this device alone, in no room with others
	ModeRoom    = 1 // the sum of the doors of a room, by its head
	ModeMember  = 2 // nothing: the counts went to the head of the room
	ModeAlone   = 3 // this door alone, because the head is away
)

// What the times of a record are worth.
const (
	ClockUnknown = 0 // nobody told the device the time yet; they start at a day that is over for sure
	ClockHeld    = 1 // the time went on from the last that was known, without the hours without power
	ClockKnown   = 2 // by a clock that was told the time
)

// Log says how far the device's log had come, so that its end cannot be cut off later.
type Log struct {
	_       struct{} `cbor:",toarray"`
	Entries uint32
	Head    Hash // of the newest signed entry; zero if there is none
}

// Hash of a signed record or entry; each carries that of the one before.
type Hash [sha256.Size]byte

// HashOf gives the hash of a signed record.
func HashOf(signed []byte) Hash { return sha256.Sum256(signed) }

// padded is what is encoded: the record, and what makes its size the same for all of a device.
type padded struct {
	Record
	Pad []byte `cbor:"24,keyasint"`
}

// Encode checks r and gives its only encoding, which sign.Record is made of.
func Encode(r *Record) ([]byte, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	b, err := coding.Marshal(padded{*r, coding.Pad(r.spare())})
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return b, nil
}

// Decode reads one record and refuses everything that Encode would not have written: unknown, missing or
// repeated fields, other spellings of the same numbers, tags, another pad, bytes behind the end.
func Decode(payload []byte) (Record, error) {
	if len(payload) > MaxSize {
		return Record{}, bad("%d bytes, at most %d", len(payload), MaxSize)
	}
	var p padded
	if err := coding.Unmarshal(payload, &p); err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := p.Check(); err != nil {
		return Record{}, err
	}
	if !coding.IsPad(p.Pad, p.spare()) {
		return Record{}, bad("pad of %d bytes, want %d, all zero", len(p.Pad), len(coding.Pad(p.spare())))
	}
	return p.Record, nil
}

// Seal encodes and signs r.
func Seal(key sign.Key, r *Record) ([]byte, error) {
	payload, err := Encode(r)
	if err != nil {
		return nil, err
	}
	signed, err := key.Sign(sign.Record, payload)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return signed, nil
}

// Open verifies a signed record and decodes it. Errors wrap those of sign.Open, or ErrInvalid.
func Open(key sign.Public, signed []byte) (Record, error) {
	payload, err := sign.Open(sign.Record, key, signed)
	if err != nil {
		return Record{}, fmt.Errorf("record: %w", err)
	}
	return Decode(payload)
}
