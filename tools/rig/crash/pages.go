package crash

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
)

// Layout of a bbolt file. (go.etcd.io/bbolt v1.5.0, internal/common/page.go, meta.go, bucket.go)
const (
	pageSize   = 4096
	pageHead   = 16
	isBranch   = 0x01
	isLeaf     = 0x02
	isFreelist = 0x10
	element    = 16
	bucketHead = 16
	headMagic  = 0xED0CDAED
	headSum    = 56 // behind it FNV-1a of what is before
	deepest    = 16
	manyFree   = 0xFFFF // the number of free pages is the first of them
)

// errPages says that a file would lead who follows it out of itself, which ends a program that maps it.
var errPages = errors.New("a page makes no sense")

// pages goes through all pages of a bbolt file that are in use, as far as they say where others lie. It maps nothing.
func pages(path string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("crash: %w", err)
	}
	w := walk{file: b, seen: map[uint64]bool{}}
	root, free, newest, ok := uint64(0), uint64(0), uint64(0), false
	for at := 0; at <= pageSize; at += pageSize {
		if len(b) < at+pageHead+headSum+8 {
			break
		}
		m, sum := b[at+pageHead:], fnv.New64a()
		sum.Write(m[:headSum])
		id := binary.LittleEndian.Uint64(m[48:])
		if binary.LittleEndian.Uint32(m) == headMagic && sum.Sum64() == binary.LittleEndian.Uint64(m[headSum:]) && (!ok || id > newest) {
			root, free, w.most = binary.LittleEndian.Uint64(m[16:]), binary.LittleEndian.Uint64(m[32:]), binary.LittleEndian.Uint64(m[40:])
			newest, ok = id, true
		}
	}
	if !ok {
		return fmt.Errorf("%w: neither of the first two is a head", errPages)
	}
	if w.most > uint64(len(b)/pageSize) {
		return fmt.Errorf("%w: %d in use, of a file of %d", errPages, w.most, len(b)/pageSize)
	}
	if err := w.free(free); err != nil {
		return err
	}
	return w.tree(root, 0)
}

// walk is one through a file.
type walk struct {
	file []byte
	most uint64 // pages in use
	seen map[uint64]bool
}

// page gives one with those that it spills over.
func (w *walk) page(n uint64) ([]byte, error) {
	if n < 2 || n >= w.most || w.seen[n] {
		return nil, fmt.Errorf("%w: page %d is named, of %d, or named twice", errPages, n, w.most)
	}
	w.seen[n] = true
	b := w.file[n*pageSize:]
	over := uint64(binary.LittleEndian.Uint32(b[12:]))
	if id := binary.LittleEndian.Uint64(b); id != n || n+over >= w.most {
		return nil, fmt.Errorf("%w: page %d says that it is %d, and spills over %d", errPages, n, id, over)
	}
	return b[:(over+1)*pageSize], nil
}

// free looks at the list of free pages.
func (w *walk) free(n uint64) error {
	b, err := w.page(n)
	if err != nil {
		return err
	}
	count, ids := uint64(binary.LittleEndian.Uint16(b[10:])), b[pageHead:]
	if count == manyFree {
		count, ids = binary.LittleEndian.Uint64(ids), ids[8:]
	}
	if binary.LittleEndian.Uint16(b[8:]) != isFreelist || count > uint64(len(ids)/8) {
		return fmt.Errorf("%w: %d is no list of free pages", errPages, n)
	}
	for i := range count {
		if id := binary.LittleEndian.Uint64(ids[8*i:]); id < 2 || id >= w.most {
			return fmt.Errorf("%w: %d is free, of %d", errPages, id, w.most)
		}
	}
	return nil
}

// tree looks at a page and all below it.
func (w *walk) tree(n uint64, depth int) error {
	b, err := w.page(n)
	if err != nil {
		return err
	}
	return w.elements(b, depth)
}

func (w *walk) elements(b []byte, depth int) error {
	kind, count := binary.LittleEndian.Uint16(b[8:]), int(binary.LittleEndian.Uint16(b[10:]))
	if depth > deepest || kind != isBranch && kind != isLeaf || pageHead+count*element > len(b) {
		return fmt.Errorf("%w: kind %d with %d elements, at depth %d", errPages, kind, count, depth)
	}
	for i := range count {
		e := b[pageHead+i*element:]
		word := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(e[at:])) }
		if kind == isBranch {
			if word(0)+word(4) > uint64(len(e)) {
				return fmt.Errorf("%w: a key lies outside", errPages)
			}
			if err := w.tree(binary.LittleEndian.Uint64(e[8:]), depth+1); err != nil {
				return err
			}
			continue
		}
		from, to := word(4)+word(8), word(4)+word(8)+word(12)
		if to > uint64(len(e)) {
			return fmt.Errorf("%w: a value lies outside", errPages)
		}
		if word(0)&1 == 0 {
			continue
		}
		if err := w.bucket(e[from:to], depth+1); err != nil {
			return err
		}
	}
	return nil
}

// bucket looks at one, whose tree is elsewhere or within it.
func (w *walk) bucket(b []byte, depth int) error {
	if len(b) < bucketHead {
		return fmt.Errorf("%w: a bucket of %d bytes", errPages, len(b))
	}
	if root := binary.LittleEndian.Uint64(b); root != 0 {
		return w.tree(root, depth)
	}
	if b = b[bucketHead:]; len(b) < pageHead {
		return fmt.Errorf("%w: a page of %d bytes", errPages, len(b))
	}
	return w.elements(b, depth)
}
