// Package approval is the decision of a person, signed, that a camera may count: which devices, what for,
// from when until when, at which hours, over which lines. Without one a real camera gets no power. It never
// holds anything of people, makes no decision and gives no power: firmware/warden/gate asks it, and
// tools/fieldkit/approve makes one.
//
// What it promises: firmware that was not changed counts nobody outside of what was decided. What it does
// not: whoever holds the card in their hands can write other firmware onto it, and that asks nobody.
package approval

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"tellijn/privacy/coding"
	"tellijn/privacy/sign"
)

// ErrInvalid is wrapped by the errors of Check, Encode, Decode and Seal.
var ErrInvalid = errors.New("approval: invalid")

// Version of the field list.
const Version = 1

// MaxSize bounds a signed approval in bytes; the largest that can be has 3,375.
const MaxSize = sign.MaxSize

// Approval is one decision. The numbers in the tags are the keys on the wire.
type Approval struct {
	Version    uint8    `cbor:"1,keyasint"`
	Decision   string   `cbor:"2,keyasint"`  // its number in the books of whoever decided
	Purpose    string   `cbor:"3,keyasint"`  // in plain words, 1 to 200 characters
	Devices    []string `cbor:"4,keyasint"`  // 1 to 16; none only in a test approval, then any
	From       int64    `cbor:"5,keyasint"`  // Unix seconds, included
	Until      int64    `cbor:"6,keyasint"`  // Unix seconds, not included
	Hours      Hours    `cbor:"7,keyasint"`  // when the camera may have power
	Scene      Scene    `cbor:"8,keyasint"`  // lines and zones
	K          uint8    `cbor:"9,keyasint"`  // people leave in steps of at least this
	Interval   uint32   `cbor:"10,keyasint"` // seconds of a record, at least
	Assessment string   `cbor:"11,keyasint"` // number of the assessment (DPIA) that it rests on
	Test       bool     `cbor:"12,keyasint"` // worth nothing at a real door
}

// Hours are when the camera may have power, by the clock of the place.
type Hours struct {
	Zone   string     `cbor:"1,keyasint"` // of the time zone database; empty only in a test approval, then any
	Days   [][]uint16 `cbor:"2,keyasint"` // seven, from Sunday on; each from, to, from, to in minutes
	Closed []uint32   `cbor:"3,keyasint"` // such as 20270101, in order
}

// Scene is the geometry, in the units of counting/scene.
type Scene struct {
	PersonArea int32      `cbor:"1,keyasint"` // millionths of the picture; 0 only in a test approval, then any scene
	Lines      [][4]int32 `cbor:"2,keyasint"` // x and y of the start, x and y of the end, in 1/65536
	Zones      [][]int32  `cbor:"3,keyasint"` // x and y of each corner
}

// TestSeed is the seed of the key that signs test approvals. It is as public as its other half: whoever
// has it can make a test approval, and a test approval is worth nothing at a real door.
func TestSeed() [32]byte { return sha256.Sum256([]byte("tellijn: test approvals, public")) }

// TestKey is the public half of that key. No real board takes it.
func TestKey() sign.Public {
	// It is written down so that a device needs no private key to know it; a test holds it to TestSeed.
	return sign.Public{0x0d, 0xb3, 0x77, 0x53, 0x06, 0x4b, 0x6c, 0x85, 0xcc, 0x28, 0x3d, 0x35, 0xfc, 0x24, 0x4b, 0x25, 0x45, 0x1a, 0xc1, 0x73, 0x17, 0xec, 0xbc, 0xcc, 0x36, 0xdf, 0x92, 0x9b, 0x76, 0x24, 0xcc, 0xce}
}

// Digest names a signed approval in the log of the device. Of no bytes it is the SHA-256 of nothing.
func Digest(signed []byte) [32]byte { return sha256.Sum256(signed) }

// Encode checks a and gives its only encoding.
func Encode(a *Approval) ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	b, err := coding.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("approval: %w", err)
	}
	return b, nil
}

// Decode reads one approval and refuses everything that Encode would not have written.
func Decode(payload []byte) (*Approval, error) {
	if len(payload) > MaxSize {
		return nil, bad("%d bytes, at most %d", len(payload), MaxSize)
	}
	var a Approval
	if err := coding.Unmarshal(payload, &a); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	return &a, nil
}

// Seal encodes a and signs it. The same key and decision give the same bytes. It refuses to sign with the
// key of test approvals what is none.
func Seal(key sign.Key, a *Approval) ([]byte, error) {
	if key.Public() == TestKey() && !a.Test {
		return nil, bad("the key of test approvals is public; want a key of your own, or test")
	}
	payload, err := Encode(a)
	if err != nil {
		return nil, err
	}
	b, err := key.Sign(sign.Approval, payload)
	if err != nil {
		return nil, fmt.Errorf("approval: %w", err)
	}
	return b, nil
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}
