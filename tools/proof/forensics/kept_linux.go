package forensics

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Kept is what a device has on its disk: how much, and what of it others than its owner may open.
type Kept struct {
	Files, Folders int
	Missing        []string // files that there should be
	Open           []string // what others may read, write or enter
}

// expected are the files of a device that sends: keys, release state and counts of the open interval; the
// queue; the certificate and its key.
func expected() []string {
	return []string{"warden/ledger.db", "courier/queue.db", "courier/device.key", "courier/device.pem", "courier/ca.pem"}
}

// kept looks at the folder of a device.
func kept(dir string) (k Kept, err error) {
	k.Missing = expected()
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if name = filepath.ToSlash(name); d.IsDir() {
			k.Folders++
		} else if k.Files++; info.Size() > 0 {
			k.Missing = slices.DeleteFunc(k.Missing, func(m string) bool { return m == name })
		}
		if mode := info.Mode(); mode.Perm()&0o077 != 0 || mode&(fs.ModeSymlink|fs.ModeSetuid|fs.ModeSetgid) != 0 {
			k.Open = append(k.Open, fmt.Sprintf("%s (%v)", name, mode))
		}
		return nil
	})
	return k, err
}

// closed tells whether all that should be there is, and nobody else gets at any of it.
func (k *Kept) closed() bool { return len(k.Missing)+len(k.Open) == 0 && k.Files >= len(expected()) }

// control opens a file to all and tells whether that is seen.
func (k *Kept) control(dir string) (seen bool, err error) {
	name := filepath.Join(dir, "warden", "ledger.db")
	if err := os.Chmod(name, 0o644); err != nil {
		return false, err
	}
	defer os.Chmod(name, 0o600)
	other, err := kept(dir)
	return len(other.Open) == len(k.Open)+1, err
}

// String is the figure.
func (k *Kept) String() string {
	text := fmt.Sprintf("%d of %d files and %d folders are open to others", len(k.Open), k.Files, k.Folders)
	if all := slices.Concat(k.Open, k.Missing); len(all) > 0 {
		text += "; open or missing: " + strings.Join(all, ", ")
	}
	return text
}
