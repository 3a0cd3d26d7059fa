package record

import (
	"fmt"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// qualityKey is the one field of which a comment says more.
const qualityKey = 14

// key names one field of the wire form, for people.
type key struct {
	number int
	name   string
}

// keys are the fields in the order in which deterministic CBOR has them.
func keys() []key {
	return []key{
		{1, "version"}, {2, "device"}, {3, "boot"}, {4, "sequence"},
		{5, "from, Unix seconds"}, {6, "to, Unix seconds"}, {7, "interval, seconds"},
		{8, "lines: [forward, backward]"}, {9, "zones: [inside, peak]"},
		{10, "coverage: [cycles, expected]"}, {11, "dropped"}, {12, "damaged frames"},
		{13, "frame lifetime, microseconds: [worst, p99.9]"}, {qualityKey, "quality bits"},
		{15, "camera: kind, driver, width, height, pixel format"},
		{16, "firmware, SHA-256"}, {17, "previous record, SHA-256"},
		{18, "simulated"}, {19, "unreleased"},
	}
}

// Diag gives an encoded record in CBOR diagnostic notation (RFC 8949 section 8), one field a line,
// with the names as comments (RFC 8610 appendix G.6). It is a view of the very bytes: it decodes
// nothing that it does not show.
func Diag(encoded []byte) (string, error) {
	r, err := Decode(encoded)
	if err != nil {
		return "", err
	}
	var fields map[int]cbor.RawMessage
	if err := cbor.Unmarshal(encoded, &fields); err != nil {
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
		if missing := r.Held().Missing(); k.number == qualityKey && len(missing) > 0 {
			name += "; did not hold the eye in: " + strings.Join(missing, ", ")
		}
		fmt.Fprintf(&out, "  %d: %s%s / %s /\n", k.number, text, comma, name)
	}
	out.WriteString("}\n")
	return out.String(), nil
}
