// Package coding is how values that leave a program are written: deterministic CBOR (RFC 8949 section
// 4.2.1) of a closed list of fields, each value in one spelling only. It never guesses, mends or skips
// anything that it reads. Records, the device's log, batches and what doors say to each other are written with it.
package coding

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// ErrForm is wrapped by every error of Unmarshal.
var ErrForm = errors.New("coding: not the one form")

// Most that a value may hold, far above what any has.
const (
	maxNested = 4
	maxItems  = 64 // a batch has so many
)

// Marshal gives the only encoding of v, a struct with a number for each field.
func Marshal(v any) ([]byte, error) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, fmt.Errorf("coding: %w", err)
	}
	b, err := mode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("coding: %w", err)
	}
	return b, nil
}

// Unmarshal reads b into the struct that v points to and refuses everything that Marshal would not have
// written for it: unknown, missing or repeated fields, another order, longer numbers, tags, floats, text
// in pieces, bytes behind the end.
func Unmarshal(b []byte, v any) error {
	mode, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		NaN:               cbor.NaNDecodeForbidden,
		Inf:               cbor.InfDecodeForbidden,
		MaxNestedLevels:   maxNested,
		MaxArrayElements:  maxItems,
		MaxMapPairs:       maxItems,
	}.DecMode()
	if err != nil {
		return fmt.Errorf("coding: %w", err)
	}
	if err := mode.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	again, err := Marshal(v)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	if !bytes.Equal(b, again) {
		return fmt.Errorf("%w: another encoding, or a field is missing", ErrForm)
	}
	return nil
}

// Width is how many bytes n takes (RFC 8949 section 3).
func Width(n uint64) int {
	switch {
	case n < 24:
		return 1
	case n < 1<<8:
		return 2
	case n < 1<<16:
		return 3
	case n < 1<<32:
		return 5
	}
	return 9
}

// maxDevice bounds the name of a device or a room, in bytes.
const maxDevice = 32

// ValidName tells whether the name of a device or a room is 1 to 32 characters of a-z, 0-9 and hyphen.
func ValidName(s string) bool {
	if len(s) < 1 || len(s) > maxDevice {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// minPad is the length of the shortest pad: from 24 on, its own length takes two bytes.
const minPad = 24

// Pad gives the bytes that fill a value up to a size that does not depend on what it says: 24, and one
// for each byte that its numbers are shorter than they could be. It gives nil if that is more than 255,
// which no value comes to.
func Pad(spare int) []byte {
	if spare < 0 || minPad+spare > 255 {
		return nil
	}
	return make([]byte, minPad+spare)
}

// IsPad tells whether p is Pad(spare).
func IsPad(p []byte, spare int) bool { return len(p) > 0 && bytes.Equal(p, Pad(spare)) }
