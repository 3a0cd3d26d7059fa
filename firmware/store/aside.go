package store

import (
	"errors"
	"fmt"
	"os"
)

// maxAside files are kept; then somebody has to look before the program starts again.
const maxAside = 99

// setAside renames the file to the first free name and gives that.
func setAside(path string) (string, error) {
	for n := 1; n <= maxAside; n++ {
		name := fmt.Sprintf("%s.damaged-%d", path, n)
		if _, err := os.Lstat(name); err == nil {
			continue
		}
		if err := os.Rename(path, name); err != nil {
			return "", fmt.Errorf("store: setting the damaged file aside: %w", err)
		}
		return name, nil
	}
	return "", fmt.Errorf("store: %d damaged files beside %s; the disk may be failing, move them away", maxAside, path)
}

// maxAttempts to open a file end in the middle before it counts as damaged.
const maxAttempts = 3

// attempt notes beside the file that opening it has begun; done takes the note away. A page that
// points behind the end of the map ends the whole program, wherever it happens; the note is how
// the next start knows, so that a damaged file cannot keep a program from ever starting.
func attempt(path string) (done func(), err error) {
	note := path + ".opening"
	b, err := os.ReadFile(note)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return func() {}, fmt.Errorf("store: %w", err)
	}
	done = func() { os.Remove(note) }
	if len(b) >= maxAttempts {
		return done, fmt.Errorf("%w: %s: %d starts ended while reading it", errDamaged, path, len(b))
	}
	// A full disk must not keep the file shut: without the note it only opens less carefully.
	_ = os.WriteFile(note, append(b, '.'), 0o600)
	return done, nil
}
