package paper

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"tellijn/privacy/sign"
	"tellijn/tools/fieldkit/drive"
)

// row is one line of a certificate in words.
type row struct{ about, text string }

// or gives a word for what is not known.
func or(s string) string {
	if s == "" {
		return "not known: nothing on the card said it"
	}
	return s
}

// rows are the certificate in words.
func (c *Certificate) rows(by sign.Public) []row {
	w, s := c.Work, c.Search
	whole := "Every byte of the card that a program can reach was overwritten with zeros, read back past the memory of the computer, and is zero."
	if !c.Whole {
		whole = "This card is NOT wiped whole: see below. Destroy it by hand, until the chips are in pieces."
	}
	key := "not known: the keys on the card were lost"
	if c.Key != ([32]byte{}) {
		key = sign.Public(c.Key).String()
	}
	programs := "not known: nothing on the card said it"
	if len(c.Firmware) > 0 {
		var all []string
		for _, f := range c.Firmware {
			all = append(all, fmt.Sprintf("%x", f))
		}
		programs = strings.Join(all, ", ")
	}
	discarded := "the card does not take the command to forget"
	if w.Discarded > 0 {
		discarded = fmt.Sprintf("the card was told to forget %d bytes, which nobody can check", w.Discarded)
	}
	return []row{
		{"Result", whole},
		{"Camera device", or(c.Device)},
		{"Board", or(c.Board)},
		{"Key of its records", key},
		{"Programs that counted", programs},
		{"When", when(c.At)},
		{"Why", c.Reason},
		{"Card", fmt.Sprintf("%s, %d bytes", cmp.Or(c.Model, "does not name itself"), c.Size)},
		{"How", fmt.Sprintf("%s; %d bytes were overwritten with zeros, %d could not be; %d were read back, %d could not be; %d were not zero", discarded, w.Zeroed, w.Unwritten, w.Read, w.Unread, w.Left)},
		{"Search", fmt.Sprintf("for any 16 bytes in a row of its keys, configuration, records and log, %d pieces in all: %d were found before, %d afterwards", s.Pieces, s.Before, s.After)},
		{"Kept", fmt.Sprintf("%d records and %d entries of the log were exported and read back, %d remarks; SHA-256 of the list of files %x", c.Export.Records, c.Export.Entries, c.Export.Doubts, c.Export.Sum)},
		{"What no program reaches", "A card spreads what it is told to write over more memory than it shows, and keeps worn blocks aside. Whoever opens its chips may find remains there. " +
			"Remains of keys are worth little once the device is revoked at its collector. Where that is not enough, destroy the card."},
		{"Reuse passport", c.Passport()},
		{"Signed by", by.String()},
	}
}

// Passport is the line for whoever uses the hardware next.
func (c *Certificate) Passport() string {
	ran := "not known"
	if len(c.Firmware) > 0 {
		var all []string
		for _, f := range c.Firmware {
			all = append(all, fmt.Sprintf("%x", f[:8]))
		}
		ran = strings.Join(all, " ")
	}
	return fmt.Sprintf("board %s; ran at least %d hours; firmware %s; card %s, %s on %s; new keys are made when a card is written anew",
		or(c.Board), c.Seconds/3600, ran, drive.Size(int64(c.Size)), c.Verdict(), time.Unix(c.At, 0).UTC().Format(time.DateOnly))
}

// Text is the certificate in words, for a terminal. It names by as the signer, which Open has verified.
func (c *Certificate) Text(by sign.Public) string {
	var b strings.Builder
	for _, r := range c.rows(by) {
		fmt.Fprintf(&b, "%-24s %s\n", r.about, r.text)
	}
	return b.String()
}

// PDF is the certificate on one page of paper, the same bytes each time. The signed file is what counts.
func (c *Certificate) PDF(by sign.Public) ([]byte, error) {
	d := fpdf.New("P", "mm", "A4", "")
	d.SetCreationDate(time.Unix(c.At, 0).UTC())
	d.SetModificationDate(time.Unix(c.At, 0).UTC())
	d.SetCatalogSort(true)
	d.SetTitle("Certificate: "+c.Device, true)
	d.SetMargins(20, 20, 20)
	d.AddUTF8FontFromBytes("go", "", goregular.TTF)
	d.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	d.AddPage()
	d.SetFont("go", "B", 18)
	d.MultiCell(0, 9, "Camera taken out of service", "", "L", false)
	d.SetFont("go", "B", 13)
	d.MultiCell(0, 8, c.Verdict(), "", "L", false)
	d.Ln(3)
	for _, r := range c.rows(by) {
		d.SetFont("go", "B", 9)
		d.MultiCell(0, 4.5, r.about, "", "L", false)
		d.SetFont("go", "", 9)
		d.MultiCell(0, 4.5, r.text, "", "L", false)
		d.Ln(1.5)
	}
	d.SetFont("go", "", 8)
	d.MultiCell(0, 4, "This paper says what the signed file beside it says. The file counts: fieldkit wipe -show FILE -signer KEY checks it.", "", "L", false)
	var b bytes.Buffer
	if err := d.Output(&b); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	return b.Bytes(), nil
}
