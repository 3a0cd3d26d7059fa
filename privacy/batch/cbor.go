package batch

import (
	"bytes"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// encode gives the deterministic encoding (RFC 8949 section 4.2).
func encode(v any) ([]byte, error) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	b, err := mode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	return b, nil
}

// decode reads at most most bytes into v. What it still lets pass, such as a missing field, the
// comparison with the encoding of what was read refuses.
func decode(b []byte, most int, v any) error {
	if len(b) > most {
		return bad("%d bytes, want at most %d", len(b), most)
	}
	mode, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		NaN:               cbor.NaNDecodeForbidden,
		Inf:               cbor.InfDecodeForbidden,
		MaxNestedLevels:   4,
		MaxArrayElements:  MaxItems,
		MaxMapPairs:       16,
	}.DecMode()
	if err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	if err := mode.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

// same refuses bytes that are not the encoding of what was read from them.
func same(b, again []byte) error {
	if !bytes.Equal(b, again) {
		return bad("not the deterministic encoding, or a field is missing")
	}
	return nil
}
