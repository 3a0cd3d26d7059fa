// Package sheet is the list of devices that an installer wrote and an operator takes in: a file of comma
// separated values (RFC 4180) with one line for each card, of what may be known of it. It never holds a secret. It
// is for installers and operators, outside the data path.
package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"tellijn/privacy/coding"
	"tellijn/privacy/sign"
)

// ErrInvalid is wrapped by errors about what stands in a list.
var ErrInvalid = errors.New("sheet: invalid")

// most lines of a list, and bytes of it.
const (
	mostRows  = 10_000
	mostBytes = 8 << 20
)

// Row is one card.
type Row struct {
	Device      string      // its name
	Board       string      // what it is for
	Sign        sign.Public // of records and log
	Seal        string      // what doors of its room seal to, 64 hexadecimal digits
	Certificate string      // SHA-256 of what it shows to the collector, 64 hexadecimal digits; "" when it shows none
	Image       string      // SHA-256 of the image, 64 hexadecimal digits
	Written     time.Time   // whole seconds, UTC
	Who         string      // wrote it; may be empty, at most 64 characters
}

// Header are the names of the columns.
func Header() []string {
	return []string{"device", "board", "sign", "seal", "certificate", "image", "written", "who"}
}

// Check tells what is wrong with a row.
func (r *Row) Check() error {
	bad := func(column, value, want string) error {
		return fmt.Errorf("%w: %s %q, want %s", ErrInvalid, column, value, want)
	}
	const digits = "64 digits of 0-9 and a-f"
	switch {
	case !coding.ValidName(r.Device) || r.Device[0] == '-':
		return bad("device", r.Device, "1 to 32 of a-z, 0-9 and hyphen, no hyphen in front")
	case !coding.ValidName(r.Board) || r.Board[0] == '-':
		return bad("board", r.Board, "the name of a board")
	case r.Sign == sign.Public{}:
		return bad("sign", r.Sign.String(), digits+", not all zero")
	case !hexadecimal(r.Seal):
		return bad("seal", r.Seal, digits)
	case r.Certificate != "" && !hexadecimal(r.Certificate):
		return bad("certificate", r.Certificate, digits+", or nothing")
	case !hexadecimal(r.Image):
		return bad("image", r.Image, digits)
	case r.Written.Unix() <= 0 || r.Written.Year() > 9999:
		return bad("written", r.Written.String(), "a time such as 2027-03-01T08:00:00Z")
	// A spreadsheet takes what begins so for a formula.
	case len(r.Who) > 64 || r.Who != "" && strings.ContainsRune("=+-@", rune(r.Who[0])) || strings.IndexFunc(r.Who, strange) >= 0:
		return bad("who", r.Who, "at most 64 printable characters, the first none of = + - @")
	}
	return nil
}

func strange(c rune) bool { return !unicode.IsPrint(c) }

func hexadecimal(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

func (r *Row) fields() []string {
	return []string{r.Device, r.Board, r.Sign.String(), r.Seal, r.Certificate, r.Image, r.Written.UTC().Format(time.RFC3339), r.Who}
}

// Line is the row as it stands in the list, without an end of the line.
func (r *Row) Line() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(r.fields()) // a Builder takes everything
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// Append puts rows behind those of the list at path, which is begun if it is not there. What is there must
// be such a list, and is not changed.
func Append(path string, rows ...Row) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	var text strings.Builder
	if info.Size() == 0 {
		text.WriteString(strings.Join(Header(), ",") + "\n")
	} else if _, err := Read(f); err != nil {
		return fmt.Errorf("%s: %w; hint: name another file", path, err)
	} else if last := make([]byte, 1); info.Size() > 0 {
		if _, err := f.ReadAt(last, info.Size()-1); err != nil {
			return fmt.Errorf("sheet: %w", err)
		}
		if last[0] != '\n' { // a spreadsheet may have left it out
			text.WriteByte('\n')
		}
	}
	for _, r := range rows {
		if err := r.Check(); err != nil {
			return err
		}
		text.WriteString(r.Line() + "\n")
	}
	if _, err := f.WriteString(text.String()); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	return nil
}

// Read reads a list. It wraps ErrInvalid and names the line when there is anything in it that Append would
// not have written. The same device may stand there twice: the later line counts, since it was written anew.
func Read(r io.Reader) (rows []Row, err error) {
	lines := csv.NewReader(io.LimitReader(r, mostBytes))
	lines.FieldsPerRecord = len(Header())
	for {
		f, err := lines.Read()
		if errors.Is(err, io.EOF) {
			if rows == nil {
				rows = []Row{}
			}
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		line, _ := lines.FieldPos(0)
		if line == 1 {
			if strings.Join(f, ",") != strings.Join(Header(), ",") {
				return nil, fmt.Errorf("%w: line 1: %q, want %s", ErrInvalid, strings.Join(f, ","), strings.Join(Header(), ","))
			}
			continue
		}
		row, err := parse(f)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if rows = append(rows, row); len(rows) > mostRows {
			return nil, fmt.Errorf("%w: more than %d lines", ErrInvalid, mostRows)
		}
	}
}

func parse(f []string) (r Row, err error) {
	r = Row{Device: f[0], Board: f[1], Seal: f[3], Certificate: f[4], Image: f[5], Who: f[7]}
	if r.Sign, err = sign.ParsePublic(f[2]); err != nil || r.Sign.String() != f[2] {
		return r, fmt.Errorf("%w: sign %q, want 64 digits of 0-9 and a-f, not all zero", ErrInvalid, f[2])
	}
	if r.Written, err = time.Parse(time.RFC3339, f[6]); err != nil || r.Written.UTC().Format(time.RFC3339) != f[6] {
		return r, fmt.Errorf("%w: written %q, want a time such as 2027-03-01T08:00:00Z", ErrInvalid, f[6])
	}
	return r, r.Check()
}
