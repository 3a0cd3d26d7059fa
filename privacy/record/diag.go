package record

import (
	"fmt"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// Fields of which a comment says more.
const (
	qualityKey = 14
	ruleKey    = 19
	clockKey   = 20
)

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
		{8, "lines: [forward, backward, corrected forward, corrected backward, level, total forward, total backward]"},
		{9, "zones: people shown"}, {10, "coverage, percent"},
		{11, "dropped, class"}, {12, "damaged frames, class"},
		{13, "frame lifetime, class of milliseconds: [worst, p99.9]"}, {qualityKey, "quality bits"},
		{15, "camera: kind, driver, width, height, pixel format"},
		{16, "firmware, SHA-256"}, {17, "previous signed record, SHA-256"},
		{18, "simulated"}, {ruleKey, "rule: k, mode, room, doors heard, doors"}, {clockKey, "clock"},
		{21, "uptime, seconds"}, {22, "records lost"},
		{23, "log: [entries, SHA-256 of the newest]"}, {24, "pad"},
	}
}

// Diag gives an encoded record in CBOR diagnostic notation (RFC 8949 section 8), one field a line,
// with the names as comments (RFC 8610 appendix G.6). It is a view of the very bytes: it decodes
// nothing that it does not show.
func Diag(payload []byte) (string, error) {
	r, err := Decode(payload)
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
		fmt.Fprintf(&out, "  %d: %s%s / %s%s /\n", k.number, text, comma, k.name, r.more(k.number))
	}
	out.WriteString("}\n")
	return out.String(), nil
}

// more is what the comment of a field says beyond its name.
func (r *Record) more(key int) string {
	switch missing := r.Held().Missing(); {
	case key == qualityKey && len(missing) > 0:
		return "; did not hold the eye in: " + strings.Join(missing, ", ")
	case key == ruleKey:
		return "; " + [...]string{"one door", "the sum of a room", "counted by the head of the room", "one door, its head is away"}[r.Rule.Mode]
	case key == clockKey:
		return "; " + [...]string{"nobody told the time", "went on from the last known time", "was told the time"}[r.Clock]
	}
	return ""
}
