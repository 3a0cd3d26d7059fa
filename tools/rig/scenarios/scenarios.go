// Package scenarios holds the scenarios of the rig: one text file each, in the form that tools/rig/protocol reads. It
// runs nothing. It is for the rig, outside the data path.
package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"tellijn/tools/rig/protocol"
)

//go:embed *.txt
var files embed.FS // never changed; the compiler offers no embedded constant

// All reads every scenario, in the order of their names. The error holds each that cannot be read.
func All() ([]*protocol.Scenario, error) { return read(files) }

func read(in fs.FS) (all []*protocol.Scenario, err error) {
	names, err := fs.Glob(in, "*.txt")
	if err != nil {
		return nil, fmt.Errorf("scenarios: %w", err)
	}
	var errs []error
	for _, name := range names {
		text, err := fs.ReadFile(in, name)
		if err != nil {
			return nil, fmt.Errorf("scenarios: %w", err)
		}
		s, err := protocol.Parse(strings.TrimSuffix(path.Base(name), ".txt"), string(text))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, s)
	}
	return all, errors.Join(errs...)
}
