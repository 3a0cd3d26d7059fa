package fat

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// file is an open file.
type file struct {
	f       *FS
	i       *item
	pos     int64
	cluster uint32 // where pos lies
}

// Open opens a file or a folder.
func (f *FS) Open(name string) (fs.File, error) {
	i, err := f.find("open", name)
	if err != nil {
		return nil, err
	}
	if i.folder {
		return &folder{i: i}, nil
	}
	o, err := f.open(i)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return o, nil
}

// open looks first whether the clusters of a file hang together and are enough for it.
func (f *FS) open(i *item) (*file, error) {
	if i.size == 0 {
		return &file{f: f, i: i}, nil
	}
	have := int64(0)
	if err := f.chain(i.first, func(uint32) (bool, error) {
		have += f.s.cluster()
		return false, nil
	}); err != nil {
		return nil, err
	}
	if have < i.size {
		return nil, fmt.Errorf("clusters of %d bytes for %d; the file system is damaged", have, i.size)
	}
	return &file{f: f, i: i, cluster: i.first}, nil
}

// ReadDir gives the entries of a folder by name.
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	i, err := f.find("readdir", name)
	if err != nil {
		return nil, err
	}
	if !i.folder {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fmt.Errorf("a file, want a folder")}
	}
	return i.entries(), nil
}

// Read reads to the end of a cluster at most.
func (o *file) Read(b []byte) (int, error) {
	left, in := o.i.size-o.pos, o.pos%o.f.s.cluster()
	if left <= 0 {
		return 0, io.EOF
	}
	if len(b) == 0 {
		return 0, nil
	}
	if !o.f.s.holds(o.cluster) { // it changed since it was opened
		return 0, fmt.Errorf("fat: %s ends at %d of %d bytes", o.i.name, o.pos, o.i.size)
	}
	n, err := o.f.r.ReadAt(b[:min(int64(len(b)), left, o.f.s.cluster()-in)], o.f.off+o.f.s.at(o.cluster)+in)
	o.pos += int64(n)
	if n > 0 {
		err = nil
	} else if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF // the medium ended, not the file
	}
	if err != nil {
		return n, err
	}
	if o.pos%o.f.s.cluster() == 0 {
		o.cluster, err = o.f.next(o.cluster)
	}
	return n, err
}

// Stat tells what is known of the file.
func (o *file) Stat() (fs.FileInfo, error) { return about{o.i}, nil }

// Close does nothing.
func (o *file) Close() error { return nil }

// folder is an open folder.
type folder struct {
	i    *item
	done int
}

// Read cannot be done.
func (o *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: o.i.name, Err: fmt.Errorf("a folder, want a file")}
}

// Stat tells what is known of the folder.
func (o *folder) Stat() (fs.FileInfo, error) { return about{o.i}, nil }

// Close does nothing.
func (o *folder) Close() error { return nil }

// ReadDir gives the next n entries, as fs.ReadDirFile says.
func (o *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	all := o.i.entries()[o.done:]
	if n > 0 && len(all) == 0 {
		return nil, io.EOF
	}
	if n > 0 {
		all = all[:min(n, len(all))]
	}
	o.done += len(all)
	return all, nil
}

// entries are those of a folder by name.
func (i *item) entries() []fs.DirEntry {
	var all []fs.DirEntry
	for _, c := range i.inside {
		all = append(all, fs.FileInfoToDirEntry(about{c}))
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all
}

// about is what is known of a file. The dates are not read: here they mean nothing.
type about struct{ i *item }

// Name is its name as it was written.
func (a about) Name() string { return a.i.name }

// Size is in bytes.
func (a about) Size() int64 { return a.i.size }

// Mode is that of a folder, or nothing.
func (a about) Mode() fs.FileMode {
	if a.i.folder {
		return fs.ModeDir
	}
	return 0
}

// ModTime is always the first day that FAT knows.
func (a about) ModTime() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

// IsDir tells whether it is a folder.
func (a about) IsDir() bool { return a.i.folder }

// Sys is nil.
func (a about) Sys() any { return nil }
