// Package label draws the label that hangs beside a camera, for a printer of labels 62 mm wide: what it is,
// whose, where to read more, and how anybody can see that it is off, in English and Dutch. It promises nothing
// that a test does not hold, and it says camera. It is for installers, outside the data path.
package label

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"tellijn/boards/plan"
	"tellijn/privacy/coding"
)

// ErrInvalid is wrapped by errors about what should stand on a label.
var ErrInvalid = errors.New("label: invalid")

// Text is what stands on a label beside what stands on all of them.
type Text struct {
	Device string     // name of the device
	Whose  string     // who answers for it, at most 60 characters
	Read   string     // https address of a page with more, at most 120 characters
	Hours  plan.Hours // when it may have power; may be empty, then the label does not say
}

// Check tells what cannot stand on a label.
func (t *Text) Check() error {
	if !coding.ValidName(t.Device) {
		return fmt.Errorf("%w: device %q, want 1 to 32 of a-z, 0-9 and hyphen", ErrInvalid, t.Device)
	}
	strange := func(c rune) bool { return !unicode.IsPrint(c) || c > 0x24F } // the font has no other letters
	if n := len([]rune(t.Whose)); n == 0 || n > 60 || strings.IndexFunc(t.Whose, strange) >= 0 || strings.TrimSpace(t.Whose) == "" {
		return fmt.Errorf("%w: whose %q, want 1 to 60 Latin letters", ErrInvalid, t.Whose)
	}
	u, err := url.Parse(t.Read)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(t.Read) > 120 || strings.IndexFunc(t.Read, func(c rune) bool { return c <= ' ' || c > '~' }) >= 0 {
		return fmt.Errorf("%w: page %q, want https://... of at most 120 characters", ErrInvalid, t.Read)
	}
	if len(t.Hours.Open)+len(t.Hours.Closed) > 0 {
		if _, err := t.Hours.Check("label", ""); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	return nil
}

// hours are the opening hours in two languages, or nothing.
func (t *Text) hours() (english, dutch string) {
	if len(t.Hours.Open) == 0 {
		return "", ""
	}
	all := strings.Join(t.Hours.Open, ", ")
	up := strings.NewReplacer("mon", "Mon", "tue", "Tue", "wed", "Wed", "thu", "Thu", "fri", "Fri", "sat", "Sat", "sun", "Sun")
	nl := strings.NewReplacer("mon", "ma", "tue", "di", "wed", "wo", "thu", "do", "fri", "vr", "sat", "za", "sun", "zo")
	return "It may be on " + up.Replace(all) + ".", "Hij kan aan staan " + nl.Replace(all) + "."
}

// Write writes the label into a folder as NAME.pdf and NAME.png.
func Write(dir string, t *Text) error {
	page, err := t.layout()
	if err != nil {
		return err
	}
	pdf, err := page.pdf("Label of the camera " + t.Device)
	if err != nil {
		return err
	}
	png, err := page.png()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("label: %w", err)
	}
	for ext, b := range map[string][]byte{".pdf": pdf, ".png": png} {
		if err := os.WriteFile(filepath.Join(dir, t.Device+ext), b, 0o644); err != nil {
			return fmt.Errorf("label: %w", err)
		}
	}
	return nil
}
