package queue

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"os"

	"go.etcd.io/bbolt"
)

// errDamaged marks a file that is set aside.
var errDamaged = errors.New("queue: damaged file")

// maxAside files are kept; then somebody has to look before the queue starts again.
const maxAside = 99

// setAside renames the file to the first free name and gives that.
func setAside(path string) (string, error) {
	for n := 1; n <= maxAside; n++ {
		name := fmt.Sprintf("%s.damaged-%d", path, n)
		if _, err := os.Lstat(name); err == nil {
			continue
		}
		if err := os.Rename(path, name); err != nil {
			return "", fmt.Errorf("queue: setting the damaged file aside: %w", err)
		}
		return name, nil
	}
	return "", fmt.Errorf("queue: %d damaged files beside %s; the disk may be failing, move them away", maxAside, path)
}

// maxAttempts to open a file end in the middle before it counts as damaged.
const maxAttempts = 3

// attempt notes beside the file that opening it has begun; done takes the note away. A page that
// points behind the end of the map ends the whole program, wherever it happens; the note is how
// the next start knows, so that a damaged file cannot keep the courier from ever starting.
func attempt(path string) (done func(), err error) {
	note := path + ".opening"
	b, err := os.ReadFile(note)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("queue: %w", err)
	}
	done = func() { os.Remove(note) }
	if len(b) >= maxAttempts {
		done()
		return nil, fmt.Errorf("%w: %s: %d starts ended while reading it", errDamaged, path, len(b))
	}
	// A full disk must not keep the queue shut: without the note it only opens less carefully.
	_ = os.WriteFile(note, append(b, '.'), 0o600)
	return done, nil
}

// Layout of a bbolt file, from its internal/common/{page,meta}.go in v1.5.0: each of the first two
// pages has a header of 16 bytes and then the meta data.
const (
	pageHeader = 16
	metaMagic  = 0xED0CDAED
	metaSize   = 64
	metaPgid   = 40 // offset of the first page number that is not in use
	metaSum    = 56 // offset of the FNV-1a sum of everything before it
)

// examine looks at a file before bbolt maps it: a file shorter than its pages would end the
// program at the first access behind the end, which no error handling can catch.
func examine(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("queue: %s is not a file", path)
	}
	if info.Size() == 0 {
		return nil
	}
	valid, size := 0, int64(0)
	for page := int64(0); page < 2; page++ {
		// The size of a page is in the meta data; the second page follows the first.
		var b [metaSize]byte
		if _, err := f.ReadAt(b[:], page*max(size, pageSize)+pageHeader); err != nil {
			continue
		}
		sum := fnv.New64a()
		sum.Write(b[:metaSum])
		if binary.NativeEndian.Uint32(b[:]) != metaMagic || sum.Sum64() != binary.NativeEndian.Uint64(b[metaSum:]) {
			continue
		}
		size = int64(binary.NativeEndian.Uint32(b[8:]))
		if pages := binary.NativeEndian.Uint64(b[metaPgid:]); size < 512 || pages > uint64(info.Size()/size) {
			return fmt.Errorf("%w: %s: cut off, %d bytes for %d pages of %d", errDamaged, path, info.Size(), pages, size)
		}
		valid++
	}
	if valid == 0 {
		return fmt.Errorf("%w: %s: neither of its first two pages is one of a queue", errDamaged, path)
	}
	return nil
}

// Check reads the whole file and tells the first thing that is wrong with it.
func (q *Queue) Check() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("queue: check: %v", p)
		}
	}()
	return q.db.View(func(tx *bbolt.Tx) error {
		var first error
		for err := range tx.Check() {
			if first == nil {
				first = fmt.Errorf("queue: check: %w", err)
			}
		}
		return first
	})
}
