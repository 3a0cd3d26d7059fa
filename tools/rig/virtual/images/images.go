// Package images makes the image of each board once a run, from the source tree, and says which it is. It changes none.
// It is for the rig, outside the data path.
package images

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tellijn/tools/fieldkit/image"
)

// Store keeps the images of one run. Call Close.
type Store struct {
	// Tree is a folder in the source tree, from which images are made; "" is the current one.
	Tree string
	// Ready are those that were made before: paths by the name of the board.
	Ready map[string]string
	// Log gets the progress of making an image; nil for nobody.
	Log io.Writer

	mu   sync.Mutex
	dir  string            // of the images that were made
	made map[string]string // path by board
	sums map[string]sum    // by path
}

// sum is the SHA-256 of an image as it was then.
type sum struct {
	hex  string
	size int64
	at   time.Time
}

// Get gives the path of a board's image and its SHA-256 in hex. path is one that was asked for by name, "" for the one of
// this run.
func (s *Store) Get(ctx context.Context, board, path string, say func(string)) (at, hex string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if path == "" {
		path = s.Ready[board]
	}
	if path == "" {
		if path, err = s.make(ctx, board, say); err != nil {
			return "", "", err
		}
	}
	hex, err = s.sum(path)
	return path, hex, err
}

// make makes one, or finds that it did. s.mu is held.
func (s *Store) make(ctx context.Context, board string, say func(string)) (path string, err error) {
	if s.made[board] != "" {
		return s.made[board], nil
	}
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "images"); err != nil {
			return "", fmt.Errorf("images: %w", err)
		}
		s.made = map[string]string{}
	}
	log := s.Log
	if log == nil {
		log = io.Discard
	}
	path = filepath.Join(s.dir, board+".img")
	say("the image of " + board + " is made from the source tree")
	if _, err := image.Build(ctx, image.Options{Board: board, Path: path, Tree: s.Tree}, log); err != nil {
		return "", err
	}
	s.made[board] = path
	return path, nil
}

// sum gives the SHA-256 of a file, which is read again only if it is not what it was. s.mu is held.
func (s *Store) sum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("images: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("images: %w", err)
	}
	if had, ok := s.sums[path]; ok && had.size == st.Size() && had.at.Equal(st.ModTime()) {
		return had.hex, nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("images: %w", err)
	}
	if s.sums == nil {
		s.sums = map[string]sum{}
	}
	s.sums[path] = sum{hex.EncodeToString(h.Sum(nil)), st.Size(), st.ModTime()}
	return s.sums[path].hex, nil
}

// Close removes what was made.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.made)
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}
