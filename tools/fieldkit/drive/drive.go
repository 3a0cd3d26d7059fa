// Package drive knows which drives of a computer a card may be written to. It reads what Linux says of
// them in /sys and /proc and opens none of them. It is for installers, outside the data path.
package drive

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Errors that a caller branches on.
var (
	// ErrNoList is wrapped where the drives of this system cannot be listed.
	ErrNoList = errors.New("drive: this system does not say which drives it has")
	// ErrRefused is wrapped by the errors of Refuse.
	ErrRefused = errors.New("drive: refused")
)

// Most bytes that a card has: what is larger is more likely a disk with somebody's files.
const Most = 256_000_000_000

// Drive is one whole drive, not a partition of it.
type Drive struct {
	Name      string   // such as sdb
	Path      string   // such as /dev/sdb
	Model     string   // as it names itself, or ""
	Bytes     int64    // 0 for a reader without a card
	Removable bool     // it can be taken out, or hangs on USB or in a card slot
	Mounted   []string // where it or one of its partitions is mounted
	Swap      bool     // it or one of its partitions holds swap
	Held      []string // what else is built on it: volumes, encrypted disks
	ReadOnly  bool     // the little lever of the card, or the drive says so
}

// Allow is what somebody said explicitly.
type Allow struct {
	Fixed bool // may be no removable drive
	Large bool // may be larger than Most
}

// Refuse gives the reason why a card must not be written to the drive, or nil. least is how many bytes it
// must have.
func (d *Drive) Refuse(least int64, a Allow) error {
	no := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s: %s", ErrRefused, d.Path, fmt.Sprintf(format, args...))
	}
	switch {
	case d.Bytes == 0:
		return no("there is no card in it; hint: push the card in until it clicks")
	case d.Swap:
		return no("this computer uses it as memory (swap); hint: this is surely not the card")
	case len(d.Held) > 0:
		return no("this computer uses it, for %s; hint: this is surely not the card", strings.Join(d.Held, ", "))
	case slices.ContainsFunc(d.Mounted, system):
		return no("this computer runs from it (%s); hint: this is not the card", strings.Join(d.Mounted, ", "))
	case len(d.Mounted) > 0:
		return no("it is in use, mounted at %s; hint: eject it in the file manager, or -unmount does it", strings.Join(d.Mounted, ", "))
	case !d.Removable && !a.Fixed:
		return no("it is built in, no card; hint: -fixed if you are sure")
	case d.Bytes > Most && !a.Large:
		return no("%s is large for a card, at most %s; hint: -large if you are sure", Size(d.Bytes), Size(Most))
	case d.Bytes < least:
		return no("%s is too small, the card needs %s; hint: take a larger one", Size(d.Bytes), Size(least))
	case d.ReadOnly:
		return no("it cannot be written; hint: move the little lever at the side of the card or of its adapter")
	}
	return nil
}

// system tells whether a computer does without what is mounted there for no moment.
func system(at string) bool { return !foreign(at) }

// foreign tells whether a place is one where people, or their file managers, mount what they plug in.
func foreign(at string) bool {
	return slices.ContainsFunc([]string{"/media/", "/run/media/", "/mnt/", "/tmp/", "/Volumes/"}, func(p string) bool { return strings.HasPrefix(at+"/", p) })
}

// Size says bytes as it stands on the package of a card: in thousands.
func Size(n int64) string {
	switch {
	case n >= 1e12:
		return fmt.Sprintf("%.1f TB", float64(n)/1e12)
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}

// String is a line for people who have to choose.
func (d *Drive) String() string {
	model := d.Model
	if model == "" {
		model = "no name"
	}
	size := Size(d.Bytes)
	if d.Bytes == 0 {
		size = "no card"
	}
	return fmt.Sprintf("%-12s %9s  %s", d.Path, size, model)
}
