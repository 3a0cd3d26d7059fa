package batch

import (
	"bytes"
	"fmt"

	"tellijn/privacy/coding"
)

// decode reads at most most bytes into v.
func decode(b []byte, most int, v any) error {
	if len(b) > most {
		return bad("%d bytes, want at most %d", len(b), most)
	}
	if err := coding.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

// same refuses bytes that are not the encoding of what was read from them, such as an empty list that is
// written as nothing.
func same(b, again []byte) error {
	if !bytes.Equal(b, again) {
		return bad("not the deterministic encoding, or a field is missing")
	}
	return nil
}
