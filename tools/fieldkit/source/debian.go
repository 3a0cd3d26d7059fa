package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"time"

	"tellijn/boards/recipe"
)

// Host is where Debian's packages come from. Their sums are pinned, so the way need not be secret.
const Host = "deb.debian.org"

// largest bounds a package, in bytes.
const largest = 64 << 20

// Store keeps what was fetched from elsewhere than Go modules.
type Store struct {
	Dir    string // made when something is kept
	Mirror string // ends with a slash; at Host unless a test has its own
	Client *http.Client
}

// DefaultDir is the folder of the user's cache that packages are kept in.
func DefaultDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("source: %w; say -cache DIR", err)
	}
	return filepath.Join(dir, "tellijn"), nil
}

// NewStore keeps packages in dir and fetches from Host, at most two minutes a package.
func NewStore(dir string) *Store {
	return &Store{dir, "http://" + Host + "/", &http.Client{Timeout: 2 * time.Minute}}
}

// Package brings a package and gives the files that the recipe wants of it, by their path in the package,
// with its licence text among them. The error wraps ErrAbsent or ErrSum and says what to do.
func (s *Store) Package(ctx context.Context, p recipe.Package) (map[string][]byte, error) {
	name := fmt.Sprintf("package %s %s (%s)", p.Name, p.Version, p.Arch)
	b, err := s.fetch(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("source: %s %w", name, err)
	}
	want := map[string]bool{p.Licence: true}
	for _, f := range p.Files {
		want[f.From] = true
	}
	files, err := unpack(b, want)
	if err != nil {
		return nil, fmt.Errorf("source: %s: %w", name, err)
	}
	for path := range want {
		if files[path] == nil {
			return nil, fmt.Errorf("source: %s: file %q %w; look at the names in the board's image.toml", name, path, ErrAbsent)
		}
	}
	return files, nil
}

// fetch takes the package from the store, or else from the mirror.
func (s *Store) fetch(ctx context.Context, p recipe.Package) ([]byte, error) {
	kept := filepath.Join(s.Dir, path.Base(p.URL))
	b, err := os.ReadFile(kept)
	if err == nil && right(b, p.SHA256) {
		return b, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrAbsent, err)
	}
	url := s.Mirror + p.URL // also over a kept file that is cut off or was changed
	if b, err = s.get(ctx, url); err != nil {
		return nil, fmt.Errorf("%w: %w; without a network, put the file to %s. Debian drops old versions from its mirror: "+
			"https://snapshot.debian.org keeps them", ErrAbsent, err, kept)
	}
	if !right(b, p.SHA256) {
		return nil, fmt.Errorf("%w: %s has SHA-256 %x, want %s", ErrSum, url, sha256.Sum256(b), p.SHA256)
	}
	if err := keep(kept, b); err != nil {
		return nil, fmt.Errorf("cannot be kept: %w; say -cache DIR", err)
	}
	return b, nil
}

func right(b []byte, sum string) bool {
	got := sha256.Sum256(b)
	return hex.EncodeToString(got[:]) == sum
}

func (s *Store) get(ctx context.Context, url string) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	a, err := s.Client.Do(q)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", url, a.Status)
	}
	b, err := io.ReadAll(io.LimitReader(a.Body, largest+1))
	if err == nil && len(b) > largest {
		err = fmt.Errorf("%s is larger than %d bytes", url, largest)
	}
	return b, err
}

// keep writes a file whole or not at all, since two builds may run at once.
func keep(name string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".part-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
