package oslist

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tellijn/tools/fieldkit/bom"
)

// made is an image and its manifest.
func made(t *testing.T, board, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), board+".img")
	m, err := bom.Manifest{Board: board, Title: "Board " + board,
		Image: &bom.Image{Size: int64(len(text)), SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(text)))}}.Text()
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, text)
	write(t, path+bom.ManifestEnding, string(m))
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestList(t *testing.T) {
	a, b := made(t, "rpi-zero-2w", "zero"), made(t, "rpi-5", "five")
	write(t, b+".gz", "small")
	text, err := List("https://example.org/cards/", "2026-11-22", []string{a, b})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		List []map[string]any `json:"os_list"`
	}
	if err := json.Unmarshal(text, &got); err != nil || len(got.List) != 2 {
		t.Fatalf("%v: %s", err, text)
	}
	for i, want := range []map[string]string{
		{"name": "Tellijn for Board rpi-zero-2w", "url": "https://example.org/cards/rpi-zero-2w.img", "extract_size": "4", "image_download_size": "4",
			"extract_sha256": fmt.Sprintf("%x", sha256.Sum256([]byte("zero"))), "image_download_sha256": fmt.Sprintf("%x", sha256.Sum256([]byte("zero"))),
			"devices": "[pi3-64bit]", "init_format": "none", "release_date": "2026-11-22", "icon": "", "architecture": "armv8"},
		{"name": "Tellijn for Board rpi-5", "url": "https://example.org/cards/rpi-5.img.gz", "extract_size": "4", "image_download_size": "5",
			"extract_sha256": fmt.Sprintf("%x", sha256.Sum256([]byte("five"))), "image_download_sha256": fmt.Sprintf("%x", sha256.Sum256([]byte("small"))),
			"devices": "[pi5-64bit]"},
	} {
		for key, value := range want {
			if s := fmt.Sprint(got.List[i][key]); s != value {
				t.Errorf("image %d: %s is %q, want %q", i, key, s, value)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	whole := made(t, "rpi-5", "five")
	changed := made(t, "rpi-5", "five")
	write(t, changed, "FIVE")
	alone := filepath.Join(t.TempDir(), "alone.img")
	write(t, alone, "x")
	odd := made(t, "rpi-5", "five")
	write(t, odd+bom.ManifestEnding, "{}")
	for _, c := range []struct{ base, date, image, says string }{
		{"example.org", "2026-11-22", whole, `address "example.org"`},
		{"https://example.org", "22.11.2026", whole, `date "22.11.2026"`},
		{"https://example.org", "2026-11-22", changed, "not that of its manifest"},
		{"https://example.org", "2026-11-22", alone, "fieldkit image writes it"},
		{"https://example.org", "2026-11-22", odd, "no manifest"},
		{"https://example.org", "2026-11-22", made(t, "virt", "v"), "which Raspberry Pi Imager does not know"},
		{"https://example.org", "2026-11-22", made(t, "moon", "m"), `"moon"`},
		{"https://example.org", "2026-11-22", whole + "x", "no such file"},
	} {
		if text, err := List(c.base, c.date, []string{c.image}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %s, %v", c, text, err)
		}
	}
}
