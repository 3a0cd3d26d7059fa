package record

import (
	"fmt"
	"strings"

	"tellijn/privacy/coding"
)

// Fields of which a comment says more.
const (
	qualityKey = 14
	ruleKey    = 19
	clockKey   = 20
)

// keys are the fields in the order in which deterministic CBOR has them.
func keys() []coding.Field {
	return []coding.Field{
		{Number: 1, Name: "version"}, {Number: 2, Name: "device"}, {Number: 3, Name: "boot"}, {Number: 4, Name: "sequence"},
		{Number: 5, Name: "from, Unix seconds"}, {Number: 6, Name: "to, Unix seconds"}, {Number: 7, Name: "interval, seconds"},
		{Number: 8, Name: "lines: [forward, backward, corrected forward, corrected backward, level, total forward, total backward]"},
		{Number: 9, Name: "zones: people shown"}, {Number: 10, Name: "coverage, percent"},
		{Number: 11, Name: "dropped, class"}, {Number: 12, Name: "damaged frames, class"},
		{Number: 13, Name: "frame lifetime, class of milliseconds: [worst, p99.9]"}, {Number: qualityKey, Name: "quality bits"},
		{Number: 15, Name: "camera: kind, driver, width, height, pixel format"},
		{Number: 16, Name: "firmware, SHA-256"}, {Number: 17, Name: "previous signed record, SHA-256"},
		{Number: 18, Name: "simulated"}, {Number: ruleKey, Name: "rule: k, mode, room, doors heard, doors"}, {Number: clockKey, Name: "clock"},
		{Number: 21, Name: "uptime, seconds"}, {Number: 22, Name: "records lost"},
		{Number: 23, Name: "log: [entries, SHA-256 of the newest]"}, {Number: 24, Name: "pad"},
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
	fields := keys()
	for i, f := range fields {
		fields[i].Name += r.more(f.Number)
	}
	text, err := coding.Diag(payload, fields)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return text, nil
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
