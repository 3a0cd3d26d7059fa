package search

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"tellijn/privacy/privacytest/canary"
)

// Reader searches a stream to its end, at every byte offset. The error is that of r, with what was found
// until then.
func Reader(r io.Reader, set *canary.Set) (Found, error) {
	f := newFinder(set, nil)
	err := f.stream(r, "stream")
	return f.done(), err
}

// stream searches one stream.
func (f *finder) stream(r io.Reader, name string) error {
	at := f.place(name)
	f.parted()
	for {
		n, err := io.ReadFull(r, f.room())
		f.take(n, at)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("search: %s after %d bytes: %w", name, at.Bytes, err)
		}
	}
}

// Tree searches every file below a folder, and its name. Links are not followed; what is no file, such
// as a socket, holds nothing and is left out. Any file or folder that cannot be read is an error: half a
// search shows nothing. Names of places are relative to the folder.
func Tree(dir string, set *canary.Set) (Found, error) {
	f := newFinder(set, nil)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f.look([]byte(entry.Name()), len(entry.Name()), f.place("names of files"))
		if !entry.Type().IsRegular() {
			return nil
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		return f.stream(file, name)
	})
	if err != nil {
		err = fmt.Errorf("search: tree %q: %w; the search needs leave to read all of it", dir, err)
	}
	return f.done(), err
}
