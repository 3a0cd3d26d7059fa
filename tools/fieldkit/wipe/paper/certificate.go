// Package paper is the certificate that a device was taken out of service: what was exported, how its card was
// wiped, what was searched for and what no program can reach; signed by whoever answers for the device, and printed for a
// folder. It says whole only of what was seen to be whole. The field list is also in certificate.cddl. It is for the end of a device, outside the data path.
package paper

import (
	"errors"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"tellijn/privacy/coding"
	"tellijn/privacy/sign"
)

// CDDL is the field list as it is written down for others (RFC 8610).
//
// ErrInvalid is wrapped by the errors of Check, Encode and Decode.
var ErrInvalid = errors.New("paper: invalid certificate")

// Version of the field list.
const Version = 1

// Limits of single fields.
const (
	maxReason   = 200 // characters
	maxModel    = 64  // characters
	maxFirmware = 16
)

// Certificate says what became of a device. The numbers in the tags are the keys on the wire.
type Certificate struct {
	Version  uint8      `cbor:"1,keyasint"`
	Device   string     `cbor:"2,keyasint"`  // name, "" when nothing on the card said it
	Board    string     `cbor:"3,keyasint"`  // "" when nothing on the card said it
	Key      [32]byte   `cbor:"4,keyasint"`  // public key of its records, zeros when that was lost
	At       int64      `cbor:"5,keyasint"`  // Unix seconds
	Reason   string     `cbor:"6,keyasint"`  // why, 1 to 200 characters
	Model    string     `cbor:"7,keyasint"`  // of the card, as it names itself
	Size     uint64     `cbor:"8,keyasint"`  // of the card in bytes
	Work     Work       `cbor:"9,keyasint"`  // what was done to it
	Search   Search     `cbor:"10,keyasint"` // what was searched for
	Export   Export     `cbor:"11,keyasint"` // what was kept
	Seconds  uint64     `cbor:"12,keyasint"` // that the device ran at least, as far as the card says
	Firmware [][32]byte `cbor:"13,keyasint"` // programs that counted on it, as far as the card says; SHA-256
	Whole    bool       `cbor:"14,keyasint"` // every byte that can be reached is zero and was read back
}

// Work is in bytes.
type Work struct {
	_         struct{} `cbor:",toarray"`
	Discarded uint64   // the card said yes to forgetting them
	Zeroed    uint64   // written with zeros
	Unwritten uint64   // that could not be
	Read      uint64   // read back
	Unread    uint64   // that could not be
	Left      uint64   // not zero after all
}

// Search is in pieces of 16 bytes of keys, configuration, records and log.
type Search struct {
	_      struct{} `cbor:",toarray"`
	Pieces uint32   // looked for
	Before uint32   // of them found before
	After  uint32   // of them found afterwards
}

// Export says what was kept.
type Export struct {
	_       struct{} `cbor:",toarray"`
	Sum     [32]byte // SHA-256 of the list of files
	Records uint32
	Entries uint32 // of the log
	Doubts  uint32 // things that could not be read or checked
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}

// Check tells the first thing that is wrong with c.
func (c *Certificate) Check() error {
	w, s := c.Work, c.Search
	switch {
	case c.Version != Version:
		return bad("version %d, want %d", c.Version, Version)
	case c.Device != "" && !coding.ValidName(c.Device), c.Board != "" && !coding.ValidName(c.Board):
		return bad("device %q of board %q, want 1 to 32 of a-z, 0-9 and hyphen", c.Device, c.Board)
	case c.At < 1_577_836_800 || c.At > 1<<32-1:
		return bad("at %d, want Unix seconds from 2020 to 2106", c.At)
	case c.Reason == "" || !plain(c.Reason, maxReason):
		return bad("reason %q, want 1 to %d printable characters", c.Reason, maxReason)
	case !plain(c.Model, maxModel):
		return bad("model %q, want at most %d printable characters", c.Model, maxModel)
	case c.Size == 0, w.Zeroed+w.Unwritten > c.Size, w.Read+w.Unread > c.Size, w.Left > w.Read, w.Discarded > c.Size:
		return bad("%+v on a card of %d bytes", w, c.Size)
	case s.Before > s.Pieces || s.After > s.Pieces:
		return bad("found %d and %d of %d", s.Before, s.After, s.Pieces)
	case c.Firmware == nil || len(c.Firmware) > maxFirmware:
		return bad("%d programs, want a list of at most %d", len(c.Firmware), maxFirmware)
	case c.Whole && (w.Zeroed != c.Size || w.Read != c.Size || w.Unwritten+w.Unread+w.Left != 0 || s.After != 0):
		return bad("it says whole, but %+v, found %d", w, s.After)
	}
	return nil
}

func plain(s string, most int) bool {
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most
}

// Encode checks c and gives its only encoding.
func Encode(c *Certificate) ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	return coding.Marshal(c)
}

// Decode reads what Encode gave, and nothing else.
func Decode(b []byte) (*Certificate, error) {
	c := &Certificate{}
	if err := coding.Unmarshal(b, c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return c, c.Check()
}

// Sign gives the signed certificate.
func Sign(key sign.Key, c *Certificate) ([]byte, error) {
	b, err := Encode(c)
	if err != nil {
		return nil, err
	}
	return key.Sign(sign.Wiped, b)
}

// Open reads a certificate that p signed. Errors wrap those of sign.Open, or ErrInvalid.
func Open(p sign.Public, signed []byte) (*Certificate, error) {
	b, err := sign.Open(sign.Wiped, p, signed)
	if err != nil {
		return nil, err
	}
	return Decode(b)
}

// Verdict says in a few words what a certificate is worth.
func (c *Certificate) Verdict() string {
	if c.Whole {
		return "wiped whole"
	}
	return "NOT WIPED WHOLE"
}

// when is a time as people write it.
func when(unix int64) string { return time.Unix(unix, 0).UTC().Format("2 January 2006, 15:04 UTC") }
