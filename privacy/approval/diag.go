package approval

import (
	"fmt"

	"tellijn/privacy/coding"
)

// Diag gives an encoded approval in CBOR diagnostic notation (RFC 8949 section 8), one field a line, with
// the names as comments (RFC 8610 appendix G.6). It decodes nothing that it does not show.
func Diag(payload []byte) (string, error) {
	if _, err := Decode(payload); err != nil {
		return "", err
	}
	text, err := coding.Diag(payload, []coding.Field{
		{Number: 1, Name: "version"}, {Number: 2, Name: "decision"}, {Number: 3, Name: "purpose"}, {Number: 4, Name: "devices"},
		{Number: 5, Name: "from, Unix seconds"}, {Number: 6, Name: "until, Unix seconds"},
		{Number: 7, Name: "hours: 1 zone, 2 days from Sunday on, 3 closed"}, {Number: 8, Name: "scene: 1 person, 2 lines, 3 zones"},
		{Number: 9, Name: "k, at least"}, {Number: 10, Name: "interval, seconds, at least"}, {Number: 11, Name: "assessment"},
		{Number: 12, Name: "test"},
	})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return text, nil
}
