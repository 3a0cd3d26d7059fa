package coding

import (
	"fmt"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// Field names one field, for people.
type Field struct {
	Number int
	Name   string
}

// Diag gives an encoded value in CBOR diagnostic notation (RFC 8949 section 8), one field a line, with the
// names as comments (RFC 8610 appendix G.6). It shows the very bytes: what fields leaves out is an error,
// and so is what is no map of them in this order.
func Diag(encoded []byte, fields []Field) (string, error) {
	var raw map[int]cbor.RawMessage
	if err := cbor.Unmarshal(encoded, &raw); err != nil {
		return "", fmt.Errorf("%w: %w", ErrForm, err)
	}
	if len(raw) != len(fields) {
		return "", fmt.Errorf("%w: %d fields, want %d", ErrForm, len(raw), len(fields))
	}
	var out strings.Builder
	out.WriteString("{\n")
	for i, f := range fields {
		text, err := cbor.Diagnose(raw[f.Number])
		if err != nil {
			return "", fmt.Errorf("%w: field %d: %w", ErrForm, f.Number, err)
		}
		comma := ","
		if i == len(fields)-1 {
			comma = ""
		}
		fmt.Fprintf(&out, "  %d: %s%s / %s /\n", f.Number, text, comma, f.Name)
	}
	out.WriteString("}\n")
	return out.String(), nil
}
