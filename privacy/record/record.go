// Package record is the one kind of value that leaves the device: the counts of one interval as
// deterministic CBOR with a closed list of fields (record.cddl). It never holds a time of a single
// crossing, a track, or anything of a frame, and there is no field for free text. The warden makes
// records from tallies; the courier checks them again and keeps them in firmware/queue.
package record

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// ErrInvalid is wrapped by every error of Check, Encode and Decode.
var ErrInvalid = errors.New("record: invalid")

// Version of the field list. A new field is a new version.
const Version = 1

// MaxSize bounds an encoded record in bytes. The largest that Check lets pass has 364.
const MaxSize = 512

// Record holds the counts of one interval. The numbers in the tags are the keys on the wire.
type Record struct {
	Version  uint8    `cbor:"1,keyasint"`
	Device   string   `cbor:"2,keyasint"` // 1 to 32 of a-z, 0-9 and hyphen
	Boot     [16]byte `cbor:"3,keyasint"` // random, anew at each start of the warden
	Sequence uint32   `cbor:"4,keyasint"` // from 0 in each boot, without gaps
	From     int64    `cbor:"5,keyasint"` // Unix seconds, first of the interval
	To       int64    `cbor:"6,keyasint"` // Unix seconds, first after the interval
	Interval uint32   `cbor:"7,keyasint"` // nominal length in seconds
	Lines    []Line   `cbor:"8,keyasint"`
	Zones    []Zone   `cbor:"9,keyasint"`
	Coverage Coverage `cbor:"10,keyasint"`
	Dropped  uint32   `cbor:"11,keyasint"` // blobs, tracks and crossings that found a table full
	Damaged  uint32   `cbor:"12,keyasint"` // frames that came damaged
	Lifetime Lifetime `cbor:"13,keyasint"`
	Quality  uint32   `cbor:"14,keyasint"` // bits of counting/tally, and those of Lacking
	Camera   Camera   `cbor:"15,keyasint"`
	Firmware [32]byte `cbor:"16,keyasint"` // SHA-256 of the eye's program
	Previous Hash     `cbor:"17,keyasint"` // of the record before; zero if there is none
	// Simulated is true when nobody real was counted: pretended board or pretended camera.
	Simulated bool `cbor:"18,keyasint"`
	// Unreleased is true while counts are exact: no small-count rule was applied and nothing
	// uploads them. Version 1 knows no other value.
	Unreleased bool `cbor:"19,keyasint"`
}

// Line holds the crossings of one line, in the order of the configuration.
type Line struct {
	_        struct{} `cbor:",toarray"`
	Forward  uint32
	Backward uint32
}

// Zone holds the people in one zone: at the end of the interval and at most.
type Zone struct {
	_      struct{} `cbor:",toarray"`
	Inside uint16
	Peak   uint16
}

// Coverage says how much of the interval was seen, in frames.
type Coverage struct {
	_        struct{} `cbor:",toarray"`
	Cycles   uint32   // counted on
	Expected uint32   // that the camera should have given
}

// Lifetime says how long frames lived, from dequeue to wiped, in microseconds.
type Lifetime struct {
	_     struct{} `cbor:",toarray"`
	Worst uint32   // of the interval
	P999  uint32   // upper bound of the 99.9th percentile since the eye's start
}

// Camera says what looked: a camera.
type Camera struct {
	Kind   string `cbor:"1,keyasint"` // always "camera"
	Driver string `cbor:"2,keyasint"` // "v4l2", "sim" or "clip"
	Width  uint16 `cbor:"3,keyasint"` // pixels
	Height uint16 `cbor:"4,keyasint"` // pixels
	Pixel  string `cbor:"5,keyasint"` // four-character code, such as "YUYV"
}

// Hash of an encoded record; each record carries that of the one before.
type Hash [sha256.Size]byte

// HashOf gives the hash of an encoded record.
func HashOf(encoded []byte) Hash { return sha256.Sum256(encoded) }

// Encode checks r and gives its only encoding.
func Encode(r *Record) ([]byte, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	b, err := mode.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return b, nil
}
