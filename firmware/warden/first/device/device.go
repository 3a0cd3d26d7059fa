// Package device takes over what lies in the folder of one device on its card: it tells what is there, copies
// certificates to the program that uses them, and wipes a file of keys once these are in safety. It makes no
// keys, reads none, and understands no certificate.
package device

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tellijn/boards/card"
)

// mostFile bounds a certificate file in bytes.
const mostFile = 64 << 10

// There gives the path of a file of the folder, or "" when there is none.
func There(folder, name string) string {
	path := filepath.Join(folder, name)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return path
}

// Certificates copies those of the folder to the directory of the courier where they differ, and gives the
// names of those that it copied. A power cut leaves the old or the new one, never half of one.
func Certificates(folder, courier string) (copied []string, err error) {
	if err := os.MkdirAll(courier, 0o700); err != nil {
		return nil, fmt.Errorf("device: %w", err)
	}
	for _, name := range []string{card.CA, card.Cert, card.CertKey} {
		info, err := os.Stat(filepath.Join(folder, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.Size() > mostFile {
			err = fmt.Errorf("%s has %d bytes, at most %d", name, info.Size(), mostFile)
		}
		if err != nil {
			return copied, fmt.Errorf("device: %w", err)
		}
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return copied, fmt.Errorf("device: %w", err)
		}
		to := filepath.Join(courier, name)
		if old, err := os.ReadFile(to); err == nil && bytes.Equal(old, text) {
			continue
		}
		if err := replace(to, text); err != nil {
			return copied, fmt.Errorf("device: %w", err)
		}
		copied = append(copied, name)
	}
	return copied, nil
}

// replace writes a file beside the old one and then gives it the name.
func replace(to string, text []byte) error {
	part := to + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(part, to)
	}
	if err != nil {
		os.Remove(part)
		return err
	}
	d, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Wipe overwrites a file with zeros, sees that these are what it holds, and removes it. What a card keeps of
// an overwritten block inside itself, nobody outside can tell.
func Wipe(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("device: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("device: %w", err)
	}
	zeros := make([]byte, min(info.Size(), mostFile))
	if _, err = f.WriteAt(zeros, 0); err == nil {
		err = f.Sync() // before the name goes, or the blocks would be free before they are overwritten
	}
	if err != nil {
		return fmt.Errorf("device: wiping %s: %w", filepath.Base(path), err)
	}
	back := make([]byte, len(zeros))
	if _, err := f.ReadAt(back, 0); err != nil || !bytes.Equal(back, zeros) {
		return fmt.Errorf("device: wiping %s: it is not all zeros: %v", filepath.Base(path), err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("device: %w", err)
	}
	return nil
}
