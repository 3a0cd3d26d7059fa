// Package bom says what an image is made of: every file with its sum and where it comes from, and every
// part with its version and licence (CycloneDX). It is made from what was put into the image, never from
// what should have been. The same parts give the same bytes. It is for installers and auditors, outside the
// data path.
package bom

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Manifest lists what is in an image, or in one of its slots.
type Manifest struct {
	Version    int         `json:"version"` // of this form: 1
	Board      string      `json:"board"`
	Title      string      `json:"title"`
	Go         string      `json:"go"`     // version of Go that built it; another may give other bytes
	Source     string      `json:"source"` // SHA-256 of our own source, which names it
	Image      *Image      `json:"image,omitempty"`
	Partitions []Partition `json:"partitions,omitempty"`
	Files      []File      `json:"files"`
}

// Image is the whole.
type Image struct {
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
	Card   string `json:"card"` // what the kernel's command line names the card by, 8 hex digits
}

// Partition is one of it; places are in bytes.
type Partition struct {
	Number int    `json:"number"`
	Label  string `json:"label"`
	Start  int64  `json:"start"`
	Size   int64  `json:"size"`
	Used   int64  `json:"used"` // from its start; behind it there are zeros
}

// File is a file of it.
type File struct {
	// Path begins with the label of the partition, in the list of an image. What is packed within a file
	// stands behind a colon: initrd.zst:bin/warden.
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Origin string `json:"origin"` // module@version, package, or this source, and what was done with it
}

// Endings of the lists that lie beside an image.
const (
	ManifestEnding = ".manifest.json"
	SBOMEnding     = ".cdx.json"
)

// version of the form.
const version = 1

// ErrManifest is wrapped when a text is no manifest.
var ErrManifest = errors.New("bom: no manifest of an image")

// Of describes one file.
func Of(path string, data []byte, origin string) File {
	return File{path, int64(len(data)), Sum(data), origin}
}

// Sum is the SHA-256 of data in hex.
func Sum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Text is the manifest as JSON.
func (m Manifest) Text() ([]byte, error) {
	m.Version = version
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("bom: %w", err)
	}
	return append(b, '\n'), nil
}

// Read reads the text of a manifest. Unknown fields are of a later version and passed over; a text of
// another form wraps ErrManifest.
func Read(text []byte) (m Manifest, err error) {
	if err := json.Unmarshal(text, &m); err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if m.Version != version || m.Board == "" {
		return Manifest{}, fmt.Errorf("%w: version %d of board %q, want version %d", ErrManifest, m.Version, m.Board, version)
	}
	return m, nil
}
