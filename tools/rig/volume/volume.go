// Package volume looks into the data file system of a card that is in no board: what is looked at is a copy,
// after the file system has replayed its journal there, as the board would at its next start. Only filling the
// file system up changes the card itself. It is for the rig, outside the data path.
package volume

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"tellijn/boards/card"
	"tellijn/tools/rig/bench"
)

// patience bounds one program that mounts or checks.
const patience = 60 * time.Second

// Data is a copy of the data file system, mounted. Call Close.
type Data struct {
	// Own is the folder of the device in it, and Root the whole.
	Own, Root string
	copied    string
	where     string
}

// Open copies the data file system of a card below scratch and mounts the copy. The error wraps bench.ErrCannot where
// nothing can be mounted.
func Open(path, scratch string) (*Data, error) {
	d := &Data{}
	var err error
	if d.where, err = os.MkdirTemp(scratch, "data"); err != nil {
		return nil, fmt.Errorf("volume: %w", err)
	}
	d.copied, d.Root = filepath.Join(d.where, "data.img"), filepath.Join(d.where, "mounted")
	if err := Copy(path, d.copied); err != nil {
		os.RemoveAll(d.where)
		return nil, err
	}
	if err := mount(d.copied, d.Root, "loop"); err != nil {
		os.RemoveAll(d.where)
		return nil, err
	}
	d.Own = filepath.Join(d.Root, strings.TrimPrefix(card.OwnDir, card.DataDir))
	return d, nil
}

// Close forgets the copy.
func (d *Data) Close() error {
	err := run("umount", d.Root)
	if err == nil {
		err = os.RemoveAll(d.where)
	}
	return err
}

// Copy copies the data partition of a card to a new file, with holes where it has zeros.
func Copy(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("volume: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("volume: %w", err)
	}
	defer out.Close()
	p := card.Data()
	b := make([]byte, 1<<16)
	for at := int64(0); at < p.Size; at += int64(len(b)) {
		n, err := in.ReadAt(b[:min(int64(len(b)), p.Size-at)], p.Start+at)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("volume: %w", err)
		}
		if zero(b[:n]) {
			continue
		}
		if _, err := out.WriteAt(b[:n], at); err != nil {
			return fmt.Errorf("volume: %w", err)
		}
	}
	if err := out.Truncate(p.Size); err != nil {
		return fmt.Errorf("volume: %w", err)
	}
	return out.Close()
}

func zero(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}

// mount mounts an image in a new folder.
func mount(image, at, options string) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("volume: only root mounts a card: %w", bench.ErrCannot)
	}
	if err := os.Mkdir(at, 0o700); err != nil {
		return fmt.Errorf("volume: %w", err)
	}
	return run("mount", "-t", "ext4", "-o", options, image, at)
}

func run(name string, args ...string) error {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("volume: %w: no program %s", bench.ErrCannot, name)
	case err != nil:
		return fmt.Errorf("volume: %s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}
