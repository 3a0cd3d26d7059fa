package image

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"tellijn/boards/card"
	"tellijn/tools/fieldkit/bom"
)

// write writes the image and its lists under other names first, so that there is a whole one or none.
func (c *content) write(ctx context.Context, path string, say func(string, ...any)) (sum string, err error) {
	if i, err := os.Stat(path); err == nil && !i.Mode().IsRegular() {
		return "", fmt.Errorf("image: %q is no ordinary file; fieldkit flash writes cards", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("image: %w", err)
	}
	f, err := part(path)
	if err != nil {
		return "", err
	}
	parts := map[string]string{"": f.Name()}
	defer func() {
		f.Close()
		for _, name := range parts {
			os.Remove(name)
		}
	}()
	if err := f.Truncate(card.Size); err != nil {
		return "", fmt.Errorf("image: %w; is there a limit to the size of files?", err)
	}
	if sum, err = c.fill(ctx, f, say); err != nil {
		return "", full(err, path)
	}
	c.manifest.Image = &bom.Image{Size: card.Size, SHA256: sum, Card: fmt.Sprintf("%08x", c.signed)}
	text, err := c.manifest.Text()
	if err != nil {
		return "", err
	}
	for ending, b := range map[string][]byte{bom.ManifestEnding: text, bom.SBOMEnding: c.cdx} {
		l, err := part(path + ending)
		if err != nil {
			return "", err
		}
		parts[ending] = l.Name()
		_, err = l.Write(b)
		if err = errors.Join(err, l.Sync(), l.Close()); err != nil {
			return "", full(fmt.Errorf("image: %w", err), path)
		}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return "", full(fmt.Errorf("image: %w", err), path)
	}
	for _, ending := range []string{bom.ManifestEnding, bom.SBOMEnding, ""} {
		if err := os.Rename(parts[ending], path+ending); err != nil {
			return "", fmt.Errorf("image: %w", err)
		}
		delete(parts, ending)
	}
	return sum, nil
}

// part makes a file beside path that becomes it when it is whole.
func part(path string) (*os.File, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	return f, nil
}

// full says what to do when the disk is.
func full(err error, path string) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w; an image takes about 100 MB of the disk, although it is %d MB long: make room in %q", err, card.Size/1_000_000, filepath.Dir(path))
	}
	return err
}
