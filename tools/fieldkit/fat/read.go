package fat

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// Bounds of the reader, for what was damaged or made to harm.
const (
	mostEntries = 1 << 16   // files and folders of a file system
	mostRead    = 512 << 20 // bytes of a file that is read at once
)

// FS is a file system that is read. It is an fs.FS: names are slash-separated, capital and small letters are
// the same. Open has read all names; contents are read when they are asked for.
type FS struct {
	r      io.ReaderAt
	off    int64
	s      shape
	root   *item
	label  string
	serial uint32
}

// item is a file or folder of it.
type item struct {
	name   string
	folder bool
	size   int64
	first  uint32
	inside []*item
}

// Open reads the names of the file system that begins at off. What is no FAT32, or has a folder that hangs
// together wrongly, is an error, as is what r answers.
func Open(r io.ReaderAt, off int64) (*FS, error) {
	b := make([]byte, sector)
	if _, err := r.ReadAt(b, off); err != nil {
		return nil, fmt.Errorf("fat: reading the boot sector: %w", err)
	}
	s, label, serial, err := parse(b)
	if err != nil {
		return nil, err
	}
	f := &FS{r: r, off: off, s: s, label: label, serial: serial, root: &item{folder: true, first: s.root, name: "."}}
	left, seen := mostEntries, map[uint32]bool{}
	if err := f.fill(f.root, 0, &left, seen); err != nil {
		return nil, err
	}
	return f, nil
}

// Label is the name of the file system.
func (f *FS) Label() string { return f.label }

// Serial is the number that Write was given.
func (f *FS) Serial() uint32 { return f.serial }

// next reads the entry of a cluster in the first table.
func (f *FS) next(cluster uint32) (uint32, error) {
	var b [4]byte
	_, err := f.r.ReadAt(b[:], f.off+int64(f.s.reserved)*sector+int64(cluster)*4)
	return binary.LittleEndian.Uint32(b[:]) & 0x0FFFFFFF, err // the upper four bits mean nothing (page 16)
}

// chain calls take for each cluster from first on until the end or until take is done. It notices a circle
// (Brent's way: a mark that is set anew after 2, 4, 8 ... steps is met again).
func (f *FS) chain(first uint32, take func(cluster uint32) (done bool, err error)) error {
	mark, steps, until := uint32(0), 0, 2
	for c := first; c < 0x0FFFFFF8; {
		if !f.s.holds(c) {
			return fmt.Errorf("cluster %d, want 2 to %d; the file system is damaged", c, f.s.clusters+1)
		}
		if c == mark {
			return fmt.Errorf("cluster %d comes again, want a chain with an end; the file system is damaged", c)
		}
		if steps++; steps == until {
			mark, until = c, until*2
		}
		if done, err := take(c); done || err != nil {
			return err
		}
		var err error
		if c, err = f.next(c); err != nil {
			return err
		}
	}
	return nil
}

// fill reads the entries of a folder and of those in it. left bounds how many there may be in all; seen are
// the first clusters of folders, since one that holds itself would never end.
func (f *FS) fill(d *item, depth int, left *int, seen map[uint32]bool) error {
	if seen[d.first] || depth > 2*deepest {
		return fmt.Errorf("fat: folder %q lies in itself or too deep; the file system is damaged", d.name)
	}
	seen[d.first] = true
	var long speller
	b, size := make([]byte, f.s.cluster()), int64(0)
	names := map[string]bool{}
	err := f.chain(d.first, func(cluster uint32) (bool, error) {
		if size += int64(len(b)); size > 2*folderSize {
			return true, errors.New("too many entries; the file system is damaged")
		}
		if _, err := f.r.ReadAt(b, f.off+f.s.at(cluster)); err != nil {
			return true, err
		}
		for e := b; len(e) >= entrySize; e = e[entrySize:] {
			switch {
			case e[0] == 0: // nothing behind it
				return true, nil
			case e[0] == 0xE5: // deleted
				long = speller{}
			case e[11]&0x3F == attrLong:
				long.entry(e)
			case e[11]&attrLabel != 0:
				long = speller{}
				if depth == 0 {
					f.label = trimmed(e[:11])
				}
			default:
				i := &item{name: long.name(e), folder: e[11]&attrFolder != 0, size: int64(binary.LittleEndian.Uint32(e[28:])),
					first: uint32(binary.LittleEndian.Uint16(e[20:]))<<16 | uint32(binary.LittleEndian.Uint16(e[26:]))}
				key := strings.ToUpper(i.name)
				if i.name == "." || i.name == ".." || !fs.ValidPath(i.name) || names[key] {
					continue // of two that bear one name, the first is found
				}
				if *left--; *left < 0 {
					return true, fmt.Errorf("more than %d files; the file system is damaged", mostEntries)
				}
				names[key] = true
				d.inside = append(d.inside, i)
			}
		}
		return false, nil
	})
	if err != nil {
		return fmt.Errorf("fat: folder %q: %w", d.name, err)
	}
	for _, i := range d.inside {
		if !i.folder {
			continue
		}
		if i.size = 0; i.first != 0 {
			if err := f.fill(i, depth+1, left, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// find looks a name up.
func (f *FS) find(op, name string) (*item, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	at := f.root
	if name == "." {
		return at, nil
	}
next:
	for part := range strings.SplitSeq(name, "/") {
		for _, i := range at.inside {
			if strings.EqualFold(i.name, part) {
				at = i
				continue next
			}
		}
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return at, nil
}

// ReadFile reads a whole file of at most 512 MiB.
func (f *FS) ReadFile(name string) ([]byte, error) {
	i, err := f.find("read", name)
	if err != nil {
		return nil, err
	}
	if i.folder || i.size > mostRead {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fmt.Errorf("a folder or %d bytes, want a file of at most %d", i.size, mostRead)}
	}
	o, err := f.open(i)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	b := make([]byte, i.size) // no more than what the clusters hold, as open saw
	if _, err := io.ReadFull(o, b); err != nil && i.size > 0 {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return b, nil
}

// Files reads every file, in the order of the folders. Empty folders are lost.
func (f *FS) Files() ([]File, error) {
	var all []File
	var walk func(d *item, dir string) error
	walk = func(d *item, dir string) error {
		for _, i := range d.inside {
			name := path.Join(dir, i.name)
			if i.folder {
				if err := walk(i, name); err != nil {
					return err
				}
				continue
			}
			b, err := f.ReadFile(name)
			if err != nil {
				return fmt.Errorf("fat: %w", err)
			}
			all = append(all, File{name, b})
		}
		return nil
	}
	return all, walk(f.root, "")
}
