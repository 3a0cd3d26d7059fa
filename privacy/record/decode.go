package record

import (
	"bytes"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// Decode reads one record and refuses everything that Encode would not have written: unknown,
// missing or repeated fields, other spellings of the same numbers, tags, bytes behind the end.
func Decode(b []byte) (Record, error) {
	if len(b) > MaxSize {
		return Record{}, fmt.Errorf("%w: %d bytes, at most %d", ErrInvalid, len(b), MaxSize)
	}
	mode, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		NaN:               cbor.NaNDecodeForbidden,
		Inf:               cbor.InfDecodeForbidden,
		MaxNestedLevels:   4,
		MaxArrayElements:  32,
		MaxMapPairs:       32,
	}.DecMode()
	if err != nil {
		return Record{}, fmt.Errorf("record: %w", err)
	}
	var r Record
	if err := mode.Unmarshal(b, &r); err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	again, err := Encode(&r)
	if err != nil {
		return Record{}, err
	}
	if !bytes.Equal(b, again) {
		return Record{}, fmt.Errorf("%w: not the deterministic encoding, or a field is missing", ErrInvalid)
	}
	return r, nil
}
