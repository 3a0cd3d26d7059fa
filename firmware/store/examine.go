package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"os"

	"go.etcd.io/bbolt"
)

// Layout of a bbolt file, from its internal/common/{page,meta}.go in v1.5.0: each of the first two
// pages has a header of 16 bytes and then the meta data.
const (
	pageHeader = 16
	metaMagic  = 0xED0CDAED
	metaSize   = 64
	metaPgid   = 40 // offset of the first page number that is not in use
	metaSum    = 56 // offset of the FNV-1a sum of everything before it
)

// examine looks at a file before bbolt maps it, and gives its size: a file shorter than its pages
// would end the program at the first access behind the end, which no error handling can catch.
func examine(path string) (int64, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("store: %s is not a file", path)
	}
	if info.Size() == 0 {
		return 0, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	defer f.Close()
	// The second head lies one page in; while the first is damaged, nothing says how long a page is.
	valid := 0
	for at := int64(0); at <= 1<<16; at = max(2*at, 1024) {
		size, pages, ok := head(f, at)
		if !ok || at > 0 && at != size {
			continue
		}
		if pages > uint64(info.Size()/size) {
			return 0, fmt.Errorf("%w: %s: cut off, %d bytes for %d pages of %d", errDamaged, path, info.Size(), pages, size)
		}
		valid++
	}
	if valid == 0 {
		return 0, fmt.Errorf("%w: %s: neither of its first two pages is a head", errDamaged, path)
	}
	return info.Size(), nil
}

// head reads the meta data in the page at an offset: the size of a page in bytes and the number of
// pages in use.
func head(f *os.File, at int64) (size int64, pages uint64, ok bool) {
	var b [metaSize]byte
	if _, err := f.ReadAt(b[:], at+pageHeader); err != nil {
		return 0, 0, false
	}
	sum := fnv.New64a()
	sum.Write(b[:metaSum])
	if binary.NativeEndian.Uint32(b[:]) != metaMagic || sum.Sum64() != binary.NativeEndian.Uint64(b[metaSum:]) {
		return 0, 0, false
	}
	size = int64(binary.NativeEndian.Uint32(b[8:]))
	return size, binary.NativeEndian.Uint64(b[metaPgid:]), size >= 1024 && size <= 1<<16
}

// Check reads the whole file and tells the first thing that is wrong with it.
func (f *File) Check() error {
	return f.View(func(tx *bbolt.Tx) error {
		var first error
		for err := range tx.Check() {
			if first == nil {
				first = fmt.Errorf("store: check: %w", err)
			}
		}
		return first
	})
}
