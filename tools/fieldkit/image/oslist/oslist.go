// Package oslist writes the list by which Raspberry Pi Imager offers images: where each can be fetched, its
// sums, and which boards it is for. It changes no image and fetches nothing. It is for whoever publishes
// images, outside the data path.
package oslist

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tellijn/boards/recipe"
	"tellijn/tools/fieldkit/bom"
)

// Entry is an image in the list. (Raspberry Pi Imager, doc/json-schema/os-list-schema.json and
// doc/schema-notes.md)
type Entry struct {
	Name           string   `json:"name"`
	Description    string   `json:"description"`
	Icon           string   `json:"icon"`
	URL            string   `json:"url"`
	ExtractSize    int64    `json:"extract_size"` // of the image, bytes
	ExtractSHA256  string   `json:"extract_sha256"`
	DownloadSize   int64    `json:"image_download_size"` // of what is at URL
	DownloadSHA256 string   `json:"image_download_sha256"`
	ReleaseDate    string   `json:"release_date"` // such as 2026-11-22
	Devices        []string `json:"devices"`      // Imager's names for kinds of boards
	// InitFormat says how Imager may put names, passwords and networks on the card: not at all.
	InitFormat   string `json:"init_format"`
	Architecture string `json:"architecture"`
}

// description is what people read who choose.
const description = "Counts people who cross a line, and never shows a picture. It starts without settings: " +
	"put those of the device on the card with fieldkit flash."

// List describes images; each has its manifest beside it. base is the address of the folder that they can be
// fetched from, date the day on which they were published (2006-01-02). Where an image lies compressed beside
// itself (IMAGE.xz or IMAGE.gz), that is offered instead. An image that is not the one of its manifest, or of
// a board that nobody can buy, is an error.
func List(base, date string, images []string) ([]byte, error) {
	if !strings.HasPrefix(base, "https://") && !strings.HasPrefix(base, "http://") && !strings.HasPrefix(base, "file://") {
		return nil, fmt.Errorf("oslist: address %q, want one such as https://example.org/cards/", base)
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return nil, fmt.Errorf("oslist: date %q, want one such as 2026-11-22", date)
	}
	var list struct {
		All []Entry `json:"os_list"`
	}
	for _, path := range images {
		e, err := entry(path)
		if err != nil {
			return nil, err
		}
		offered := path
		for _, ending := range []string{".xz", ".gz"} {
			if _, err := os.Stat(path + ending); err == nil {
				offered = path + ending
				break
			} else if !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("oslist: %w", err)
			}
		}
		if e.DownloadSHA256, e.DownloadSize, err = sum(offered); err != nil {
			return nil, err
		}
		e.URL, e.ReleaseDate = strings.TrimSuffix(base, "/")+"/"+filepath.Base(offered), date
		list.All = append(list.All, e)
	}
	b, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("oslist: %w", err)
	}
	return append(b, '\n'), nil
}

// entry describes an image by its manifest.
func entry(path string) (Entry, error) {
	text, err := os.ReadFile(path + bom.ManifestEnding)
	if err != nil {
		return Entry{}, fmt.Errorf("oslist: %w; fieldkit image writes it beside the image", err)
	}
	m, err := bom.Read(text)
	if err != nil {
		return Entry{}, fmt.Errorf("oslist: %s: %w", path+bom.ManifestEnding, err)
	}
	got, size, err := sum(path)
	if err != nil {
		return Entry{}, err
	}
	if m.Image == nil || got != m.Image.SHA256 || size != m.Image.Size {
		return Entry{}, fmt.Errorf("oslist: %s has SHA-256 %s, which is not that of its manifest; make it anew, nobody should get it", path, got)
	}
	r, err := recipe.Lookup(m.Board)
	if err != nil {
		return Entry{}, fmt.Errorf("oslist: %s: %w", path, err)
	}
	tags := devices(r)
	if len(tags) == 0 {
		return Entry{}, fmt.Errorf("oslist: %s is for the board %q, which Raspberry Pi Imager does not know", path, m.Board)
	}
	return Entry{Name: "Tellijn for " + m.Title, Description: description, ExtractSize: size, ExtractSHA256: got, Devices: tags,
		InitFormat: "none", Architecture: "armv8"}, nil
}

// devices are the tags of Imager for the boards of a recipe, which the chips of its device trees tell.
func devices(r recipe.Recipe) (tags []string) {
	for _, of := range []struct{ chip, tag string }{{"bcm2710", "pi3-64bit"}, {"bcm2711", "pi4-64bit"}, {"bcm2712", "pi5-64bit"}} {
		for _, tree := range r.Kernel.DeviceTrees {
			if strings.HasPrefix(filepath.Base(tree), of.chip) {
				tags = append(tags, of.tag)
				break
			}
		}
	}
	return tags
}

func sum(path string) (hex string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, fmt.Errorf("oslist: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, fmt.Errorf("oslist: %w", err)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), size, nil
}
