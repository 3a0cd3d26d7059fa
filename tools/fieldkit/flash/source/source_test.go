package source_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/fieldkit/flash/source"
)

func image(t *testing.T) (path, sum string, b []byte) {
	t.Helper()
	b = make([]byte, 9<<20+4096)
	rand.NewChaCha8([32]byte{1}).Read(b)
	path = filepath.Join(t.TempDir(), "card.img")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s := sha256.Sum256(b)
	return path, hex.EncodeToString(s[:]), b
}

func TestSums(t *testing.T) {
	path, sum, want := image(t)
	other := strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		given, file, text string
		err               error
	}{
		"given":            {sum, "", "", nil},
		"in capitals":      {strings.ToUpper(sum) + "\n", "", "", nil},
		"given another":    {other, "", "", source.ErrSum},
		"given wins":       {sum, ".sha256", other, nil},
		"given, no sum":    {"abc", "", "", source.ErrNoSum},
		"sha256sum":        {"", ".sha256", sum + "  card.img\n", nil},
		"sha256sum -b":     {"", ".sha256", other + "  b.img\n" + sum + " *card.img\n", nil},
		"alone":            {"", ".sha256", sum, nil},
		"of another":       {"", ".sha256", sum + "  other.img\n", source.ErrNoSum},
		"wrong":            {"", ".sha256", other + "  card.img\n", source.ErrSum},
		"manifest":         {"", ".manifest.json", `{"board": "virt", "image": {"sha256": "` + sum + `"}}`, nil},
		"manifest, wrong":  {"", ".manifest.json", `{"image": {"sha256": "` + other + `"}}`, source.ErrSum},
		"manifest without": {"", ".manifest.json", `{}`, source.ErrNoSum},
		"none":             {"", "", "", source.ErrNoSum},
	} {
		if c.file != "" {
			if err := os.WriteFile(path+c.file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		i, err := source.Open(t.Context(), path, c.given)
		if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if i != nil {
			got := make([]byte, len(want))
			if _, err := i.Reader().ReadAt(got, 0); err != nil || !bytes.Equal(got, want) || i.Size != int64(len(want)) || i.Sum != sum {
				t.Errorf("%s: not the image, %v", name, err)
			}
			i.Close()
		}
		if c.file != "" {
			os.Remove(path + c.file)
		}
	}
	if _, err := source.Open(t.Context(), path+"x", sum); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := source.Open(ctx, path, sum); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A file that changes after it was good is noticed at the piece that changed, and the rest is still given.
func TestChanged(t *testing.T) {
	path, sum, b := image(t)
	i, err := source.Open(t.Context(), path, sum)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte{^b[5<<20]}, 5<<20); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 100)
	for off, want := range map[int64]error{0: nil, 4<<20 - 50: source.ErrSum, 4 << 20: source.ErrSum, 8 << 20: nil, int64(len(b)) - 100: nil, int64(len(b)) - 50: io.EOF} {
		n, err := i.Reader().ReadAt(got, off)
		if !errors.Is(err, want) || !bytes.Equal(got[:n], b[off:off+int64(n)]) {
			t.Errorf("at %d: %d, %v", off, n, err)
		}
	}
}
