package devicelog

import (
	"fmt"

	"tellijn/privacy/coding"
)

// kindKey is the one field of which a comment says more.
const kindKey = 8

// keys are the fields in the order in which deterministic CBOR has them.
func keys() []coding.Field {
	return []coding.Field{
		{Number: 1, Name: "version"}, {Number: 2, Name: "device"}, {Number: 3, Name: "number"}, {Number: 4, Name: "boot"}, {Number: 5, Name: "at, Unix seconds"},
		{Number: 6, Name: "clock: 0 nobody told the time, 1 went on from the last known, 2 was told"}, {Number: 7, Name: "uptime, seconds"},
		{Number: kindKey, Name: "kind"}, {Number: 9, Name: "a"}, {Number: 10, Name: "b"}, {Number: 11, Name: "digest, SHA-256"},
		{Number: 12, Name: "previous signed entry, SHA-256"}, {Number: 13, Name: "pad"},
	}
}

// Diag gives an encoded entry in CBOR diagnostic notation (RFC 8949 section 8), one field a line, with the
// names as comments (RFC 8610 appendix G.6) and what happened in words. It decodes nothing that it does
// not show.
func Diag(payload []byte) (string, error) {
	e, err := Decode(payload)
	if err != nil {
		return "", err
	}
	fields := keys()
	for i, f := range fields {
		if f.Number == kindKey {
			fields[i].Name += ": " + e.Event().String()
		}
	}
	text, err := coding.Diag(payload, fields)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return text, nil
}
