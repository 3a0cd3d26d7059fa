package fat

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// node is a file or a folder to be written.
type node struct {
	name   string
	folder bool
	data   []byte
	inside []*node // of a folder, in order

	first, count uint32 // clusters
}

// Write writes a file system of size bytes at off, which is where its partition begins on the card. It
// holds files and the folders that their paths need, in the order of their paths, each in one piece. Label
// is at most 11 capital letters and digits; serial tells two file systems apart. Only what is used is
// written: it ends where Used says, and behind it nothing is read by anybody but for what is later
// written there, so a writer to a medium that was used before clears that itself.
//
// It fails before the first byte is written when the files do not fit or a name cannot be one, and
// otherwise only with what w answers.
func Write(w io.WriterAt, off, size int64, label string, serial uint32, files []File) error {
	s, root, used, err := plan(size, files)
	if err != nil {
		return err
	}
	l := [11]byte([]byte("           "))
	if copy(l[:], label) != len(label) || label == "" || label != strings.ToUpper(label) || strings.Trim(label, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		return fmt.Errorf("fat: label %q, want 1 to 11 capital letters and digits", label)
	}
	if off < 0 || off%sector != 0 || off/sector >= 1<<32 {
		return fmt.Errorf("fat: offset %d, want a multiple of %d below 2 TiB", off, sector)
	}
	head := make([]byte, int64(s.reserved)*sector)
	boot, info := s.boot(uint32(off/sector), l, serial), s.info(used)
	for _, at := range []int64{0, backup} {
		copy(head[at*sector:], boot)
		copy(head[(at+infoSector)*sector:], info)
		binary.LittleEndian.PutUint32(head[(at+2)*sector+508:], 0xAA550000)
	}
	if _, err := w.WriteAt(head, off); err != nil {
		return fmt.Errorf("fat: %w", err)
	}
	table := make([]byte, int64(s.perTable)*sector)
	binary.LittleEndian.PutUint32(table, 0x0FFFFFF8)
	binary.LittleEndian.PutUint32(table[4:], endOfChain) // clean, no errors (page 18)
	if err := root.write(w, off, s, l, table, 0); err != nil {
		return fmt.Errorf("fat: %w", err)
	}
	for i := range int64(s.tables) {
		if _, err := w.WriteAt(table, off+(int64(s.reserved)+i*int64(s.perTable))*sector); err != nil {
			return fmt.Errorf("fat: %w", err)
		}
	}
	return nil
}

// Used is how many bytes from its start a file system of size bytes with these files takes. Errors are
// those of Write.
func Used(size int64, files []File) (int64, error) {
	s, _, used, err := plan(size, files)
	return s.at(2 + used), err
}

// plan gives every file and folder its clusters.
func plan(size int64, files []File) (s shape, root *node, used uint32, err error) {
	if s, err = fit(size); err != nil {
		return s, nil, 0, err
	}
	if root, err = tree(files); err != nil {
		return s, nil, 0, err
	}
	n := uint64(0)
	var place func(*node)
	place = func(d *node) {
		size := uint64(len(d.data))
		if d.folder {
			size = max(uint64(d.entries()*entrySize), 1)
		}
		if size == 0 {
			return // an empty file has no cluster (page 23)
		}
		count := (size + uint64(s.cluster()) - 1) / uint64(s.cluster())
		d.first, d.count = uint32(2+n), uint32(count)
		if n += count; n > uint64(s.clusters) {
			return
		}
		for _, c := range d.inside {
			place(c)
		}
	}
	place(root)
	if n > uint64(s.clusters) {
		var sum int
		for _, f := range files {
			sum += len(f.Data)
		}
		return s, nil, 0, fmt.Errorf("fat: %d files of %d bytes, want what fits into %d bytes", len(files), sum, int64(s.clusters)*s.cluster())
	}
	return s, root, uint32(n), nil
}

// tree sorts files into folders.
func tree(files []File) (*node, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	root := &node{folder: true}
	known := map[string]*node{"": root} // by path, in capitals
	for _, f := range files {
		parts := strings.Split(f.Path, "/")
		if len(parts) > deepest || int64(len(f.Data)) >= 1<<32 {
			return nil, fmt.Errorf("fat: file %q is too deep or too large, want at most %d folders and below 4 GiB", f.Path, deepest)
		}
		at := root
		for i, name := range parts {
			if err := check(name); err != nil {
				return nil, err
			}
			key, last := strings.ToUpper(strings.Join(parts[:i+1], "/")), i == len(parts)-1
			next := known[key]
			if next != nil && (last || !next.folder || next.name != name) {
				return nil, fmt.Errorf("fat: name %q is there twice; capital and small letters are the same to FAT", f.Path)
			}
			if next == nil {
				next = &node{name: name, folder: !last}
				known[key] = next
				at.inside = append(at.inside, next)
				if at.entries()*entrySize > folderSize {
					return nil, fmt.Errorf("fat: too many files in one folder, want at most %d entries", folderSize/entrySize)
				}
			}
			if at = next; last {
				at.data = f.Data
			}
		}
	}
	return root, nil
}

// entries is how many a folder has at most, with the label or the two dots, which both count as two.
func (d *node) entries() int {
	n := 2
	for _, c := range d.inside {
		n += 1 + (len(c.name)+perEntry-1)/perEntry
	}
	return n
}

// write writes a node and all below it, and enters their clusters into the table. parent is the first
// cluster of the folder around it, 0 for the root.
func (d *node) write(w io.WriterAt, off int64, s shape, label [11]byte, table []byte, parent uint32) error {
	for i := range d.count {
		next := uint32(endOfChain)
		if i+1 < d.count {
			next = d.first + i + 1
		}
		binary.LittleEndian.PutUint32(table[int64(d.first+i)*4:], next)
	}
	b := d.data
	if d.folder {
		b = d.list(label, parent)
	}
	if d.count == 0 {
		return nil
	}
	at, whole := off+s.at(d.first), int64(d.count)*s.cluster()
	if _, err := w.WriteAt(b, at); err != nil {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	if rest := whole - int64(len(b)); rest > 0 {
		if _, err := w.WriteAt(make([]byte, rest), at+int64(len(b))); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
	}
	for _, c := range d.inside {
		up := d.first
		if d.first == s.root {
			up = 0 // means the root, wherever it lies (page 25)
		}
		if err := c.write(w, off, s, label, table, up); err != nil {
			return err
		}
	}
	return nil
}

// list makes the entries of a folder.
func (d *node) list(label [11]byte, parent uint32) []byte {
	var b []byte
	if d.name == "" {
		b = append(b, entry(label, attrLabel, 0, 0)...)
	} else {
		b = append(b, entry([11]byte([]byte(".          ")), attrFolder, d.first, 0)...)
		b = append(b, entry([11]byte([]byte("..         ")), attrFolder, parent, 0)...)
	}
	taken := map[[11]byte]bool{}
	for _, c := range d.inside { // names that are short already come first to theirs
		if plain(c.name) {
			shorten(c.name, taken)
		}
	}
	for _, c := range d.inside {
		var s [11]byte
		if plain(c.name) {
			s, _ = shorten(c.name, map[[11]byte]bool{})
		} else {
			var long bool
			if s, long = shorten(c.name, taken); long {
				b = append(b, spell(c.name, s)...)
			}
		}
		if c.folder {
			b = append(b, entry(s, attrFolder, c.first, 0)...)
		} else {
			b = append(b, entry(s, attrFile, c.first, uint32(len(c.data)))...)
		}
	}
	return b
}

// entry makes a short one (page 23), made, written and last read on 1980-01-01.
func entry(name [11]byte, attr byte, first, size uint32) []byte {
	const day = 1<<5 | 1 // of years since 1980, month, day (page 25)
	b, le := make([]byte, entrySize), binary.LittleEndian
	copy(b, name[:])
	b[11] = attr
	le.PutUint16(b[16:], day)
	le.PutUint16(b[18:], day)
	le.PutUint16(b[20:], uint16(first>>16))
	le.PutUint16(b[24:], day)
	le.PutUint16(b[26:], uint16(first))
	le.PutUint32(b[28:], size)
	return b
}
