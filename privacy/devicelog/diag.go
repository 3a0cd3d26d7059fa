package devicelog

import (
	"fmt"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// kindKey is the one field of which a comment says more.
const kindKey = 8

// key names one field of the wire form, for people.
type key struct {
	number int
	name   string
}

// keys are the fields in the order in which deterministic CBOR has them.
func keys() []key {
	return []key{
		{1, "version"}, {2, "device"}, {3, "number"}, {4, "boot"}, {5, "at, Unix seconds"},
		{6, "clock: 0 nobody told the time, 1 went on from the last known, 2 was told"}, {7, "uptime, seconds"},
		{kindKey, "kind"}, {9, "a"}, {10, "b"}, {11, "digest, SHA-256"},
		{12, "previous signed entry, SHA-256"}, {13, "pad"},
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
	var fields map[int]cbor.RawMessage
	if err := cbor.Unmarshal(payload, &fields); err != nil {
		return "", fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	var out strings.Builder
	out.WriteString("{\n")
	for i, k := range keys() {
		text, err := cbor.Diagnose(fields[k.number])
		if err != nil {
			return "", fmt.Errorf("%w: field %d: %w", ErrInvalid, k.number, err)
		}
		comma := ","
		if i == len(fields)-1 {
			comma = ""
		}
		name := k.name
		if k.number == kindKey {
			name += ": " + e.Event().String()
		}
		fmt.Fprintf(&out, "  %d: %s%s / %s /\n", k.number, text, comma, name)
	}
	out.WriteString("}\n")
	return out.String(), nil
}
