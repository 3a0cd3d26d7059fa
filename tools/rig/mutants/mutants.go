// Package mutants breaks the product on purpose, one way at a time, and sees whether the bench notices: each mutant
// is a few words of one source file replaced, an image made with that, and the scenario that must turn red at the
// step that is named here. A bench that stays green shows nothing. The source tree itself is never changed: the
// replaced file lies in a folder of its own and is handed to the go command as an overlay. It is for the rig,
// outside the data path; nothing that it makes is for a device.
package mutants

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Swap is some text of a file, which must be there exactly once, and what stands there instead.
type Swap struct{ Old, New string }

// Mutant is one way to break the product.
type Mutant struct {
	Name string // such as count-twice
	What string // what is broken, in a sentence for people
	File string // in the source tree, with slashes
	Swap []Swap
	// Scenario is the one that must turn red, Step the sentence in it that must fail. The right reason shows in what
	// that step saw or why it failed, which must have Saw in it, and in a line of the board, which must have Said.
	Scenario, Step, Saw, Said string
}

// Lookup gives a mutant by its name.
func Lookup(name string) (Mutant, error) {
	var names []string
	for _, m := range All() {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return Mutant{}, fmt.Errorf("mutants: %q, want one of %s", name, strings.Join(names, ", "))
}

// Broken gives the file as the mutant has it.
func (m *Mutant) Broken(root string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(m.File)))
	if err != nil {
		return nil, fmt.Errorf("mutants: %s: %w", m.Name, err)
	}
	text := string(b)
	for _, s := range m.Swap {
		if n := strings.Count(text, s.Old); n != 1 || s.Old == s.New {
			return nil, fmt.Errorf("mutants: %s: %q is %d times in %s, want once; the source has changed, adapt the mutant", m.Name, s.Old, n, m.File)
		}
		text = strings.Replace(text, s.Old, s.New, 1)
	}
	return []byte(text), nil
}

// Overlay writes the broken file and an overlay for the go command into dir, and gives the path of the overlay.
func (m *Mutant) Overlay(root, dir string) (string, error) {
	text, err := m.Broken(root)
	if err != nil {
		return "", err
	}
	root, err1 := filepath.Abs(root)
	dir, err2 := filepath.Abs(dir)
	if err1 != nil || err2 != nil {
		return "", fmt.Errorf("mutants: %q, %q: no absolute path", root, dir)
	}
	with, overlay := filepath.Join(dir, m.Name+".go"), filepath.Join(dir, m.Name+".json")
	b, err := json.Marshal(struct{ Replace map[string]string }{map[string]string{filepath.Join(root, filepath.FromSlash(m.File)): with}})
	if err == nil {
		err = os.WriteFile(with, text, 0o600)
	}
	if err == nil {
		err = os.WriteFile(overlay, b, 0o600)
	}
	if err != nil {
		return "", fmt.Errorf("mutants: %s: %w", m.Name, err)
	}
	return overlay, nil
}
