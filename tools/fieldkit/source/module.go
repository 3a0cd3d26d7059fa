// Package source fetches what an image is made of besides this repository: Go modules that hold kernels and
// boot files, and Debian packages. Each has a sum in the board's recipe, and what does not have that sum is
// not used, wherever it came from. Nothing that it fetches is run. It is for installers, outside the data
// path.
package source

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/dirhash"
)

// ErrAbsent is wrapped when something cannot be fetched, or a file is not in it.
var ErrAbsent = errors.New("cannot be had")

// ErrSum is wrapped when something was fetched that has another sum than the recipe says.
var ErrSum = errors.New("is not what the recipe names")

// Module is a Go module whose every file was held against its sum.
type Module struct {
	Path, Version string
	dir           string
}

// Name is how go.mod would write it.
func (m Module) Name() string { return m.Path + "@" + m.Version }

// FetchModule brings a module by means of the go command, from its cache if it is there. The error wraps
// ErrAbsent or ErrSum and says what to do.
func FetchModule(ctx context.Context, path, version, sum string) (Module, error) {
	m := Module{Path: path, Version: version}
	c := exec.CommandContext(ctx, "go", "mod", "download", "-json", m.Name())
	// The pinned sum is held against the files below, so no other server need vouch for them.
	c.Dir, c.Env = os.TempDir(), append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GO111MODULE=on", "GONOSUMDB="+path, "GONOSUMCHECK=1")
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	var answer struct{ Dir, Error string }
	if bad := json.Unmarshal(out, &answer); bad != nil || err != nil || answer.Dir == "" {
		if errors.Is(err, exec.ErrNotFound) {
			return m, fmt.Errorf("source: the go command %w; install Go", ErrAbsent)
		}
		return m, fmt.Errorf("source: module %s %w: %s; check the network and GOPROXY, then go mod download %s",
			m.Name(), ErrAbsent, firstLine(answer.Error, complaint.String(), fmt.Sprint(err)), m.Name())
	}
	got, err := dirhash.HashDir(answer.Dir, m.Name(), dirhash.Hash1)
	if err != nil {
		return m, fmt.Errorf("source: module %s %w: %w", m.Name(), ErrAbsent, err)
	}
	if got != sum {
		return m, fmt.Errorf("source: module %s %w: sum %s, want %s; if nobody changed the recipe, the files in %s were changed: go clean -modcache",
			m.Name(), ErrSum, got, sum, answer.Dir)
	}
	m.dir = answer.Dir
	return m, nil
}

// firstLine is the first that says anything.
func firstLine(texts ...string) string {
	for _, s := range texts {
		if s, _, _ = strings.Cut(strings.TrimSpace(s), "\n"); s != "" {
			return s
		}
	}
	return "no reason given"
}

// File reads a file of the module. The error wraps ErrAbsent.
func (m Module) File(path string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(path)) {
		return nil, fmt.Errorf("source: module %s: file %q %w; it would lie outside", m.Name(), path, ErrAbsent)
	}
	b, err := os.ReadFile(filepath.Join(m.dir, filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("source: module %s: file %q %w; look at the names in the board's image.toml", m.Name(), path, ErrAbsent)
	}
	if err != nil {
		return nil, fmt.Errorf("source: module %s: %w", m.Name(), err)
	}
	return b, nil
}

// Files lists the files of the module below a folder whose names end so.
func (m Module) Files(below, ending string) (all []string, err error) {
	err = fs.WalkDir(os.DirFS(m.dir), below, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(p, ending) {
			all = append(all, p)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("source: module %s: %w", m.Name(), err)
	}
	return all, nil
}
