// Package source opens the image of a card, and gives nothing of it that does not belong to the checksum
// which came with it. It knows nothing of what is in an image. It is for installers, outside the data path.
package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tellijn/tools/fieldkit/bom"
)

// Errors that a caller branches on.
var (
	// ErrSum is wrapped when the image is not the one of the checksum.
	ErrSum = errors.New("source: the image is damaged or another one")
	// ErrNoSum is wrapped when nothing says what the checksum is.
	ErrNoSum = errors.New("source: no checksum")
)

// chunk is what is read and compared at once, in bytes.
const chunk = 4 << 20

// Image is an open image that was read once and was good.
type Image struct {
	Sum  string // SHA-256, 64 hexadecimal digits
	Size int64  // bytes
	f    *os.File
	sums [][32]byte // of each chunk, when it was good
}

// Open opens the image at path and holds it against want, 64 hexadecimal digits. When want is empty it takes
// the file path.sha256, as sha256sum writes it, or path.manifest.json, as fieldkit image does.
func Open(ctx context.Context, path, want string) (*Image, error) {
	if want == "" {
		var err error
		if want, err = beside(path); err != nil {
			return nil, err
		}
	}
	want = strings.ToLower(strings.TrimSpace(want))
	if b, err := hex.DecodeString(want); err != nil || len(b) != sha256.Size {
		return nil, fmt.Errorf("%w: %q, want 64 hexadecimal digits", ErrNoSum, want)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	i := &Image{Sum: want, f: f}
	if err := i.verify(ctx); err != nil {
		f.Close()
		return nil, err
	}
	return i, nil
}

// beside finds the checksum in the files that come with an image.
func beside(path string) (string, error) {
	if b, err := os.ReadFile(path + ".sha256"); err == nil {
		for line := range strings.Lines(string(b)) {
			// "digits  name", or "digits *name" for what was read as bytes
			if f := strings.Fields(line); len(f) == 1 || len(f) == 2 && strings.TrimPrefix(f[1], "*") == filepath.Base(path) {
				return f[0], nil
			}
		}
		return "", fmt.Errorf("%w: %s.sha256 does not name %s", ErrNoSum, path, filepath.Base(path))
	}
	if b, err := os.ReadFile(path + ".manifest.json"); err == nil {
		var m bom.Manifest
		if err := json.Unmarshal(b, &m); err == nil && m.Image != nil && m.Image.SHA256 != "" {
			return m.Image.SHA256, nil
		}
		return "", fmt.Errorf("%w: none in %s.manifest.json", ErrNoSum, path)
	}
	return "", fmt.Errorf("%w for %s; hint: keep %s.manifest.json or .sha256 beside it, or say -sha256 with the digits that fieldkit image printed last",
		ErrNoSum, path, filepath.Base(path))
}

func (i *Image) verify(ctx context.Context) error {
	all, b := sha256.New(), make([]byte, chunk)
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("source: %w", err)
		}
		n, err := io.ReadFull(i.f, b)
		if n > 0 {
			all.Write(b[:n])
			i.sums = append(i.sums, sha256.Sum256(b[:n]))
			i.Size += int64(n)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("source: %w", err)
		}
	}
	if got := hex.EncodeToString(all.Sum(nil)); got != i.Sum {
		return fmt.Errorf("%w: its SHA-256 is %s, want %s; hint: fetch or make it anew", ErrSum, got, i.Sum)
	}
	return nil
}

// Close closes the image.
func (i *Image) Close() error { return i.f.Close() }

// Reader gives the bytes of the image for one reader at a time. Each piece of it is held against the image as it
// was when it was good, so that a file that is changed meanwhile, or a disk that fails, is noticed.
func (i *Image) Reader() io.ReaderAt { return &reader{i: i, at: -1} }

type reader struct {
	i  *Image
	b  []byte
	at int64 // of the chunk in b
}

// ReadAt reads.
func (r *reader) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		at := off + int64(n)
		if at >= r.i.Size {
			return n, io.EOF
		}
		if err := r.load(at / chunk); err != nil {
			return n, err
		}
		n += copy(b[n:], r.b[at%chunk:])
	}
	return n, nil
}

func (r *reader) load(k int64) error {
	if r.at == k {
		return nil
	}
	if r.b == nil {
		r.b = make([]byte, chunk)
	}
	r.at, r.b = -1, r.b[:min(chunk, r.i.Size-k*chunk)]
	if _, err := r.i.f.ReadAt(r.b, k*chunk); err != nil {
		return fmt.Errorf("source: %w", err)
	}
	if sha256.Sum256(r.b) != r.i.sums[k] {
		return fmt.Errorf("%w: it changed since it was looked at, between byte %d and %d", ErrSum, k*chunk, k*chunk+int64(len(r.b)))
	}
	r.at = k
	return nil
}
