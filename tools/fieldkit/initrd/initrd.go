// Package initrd packs the first file system of a kernel: the programs of a device, the kernel's modules in
// the order of their loading, and the few files that they need. The same files give the same bytes. It
// never compresses and never starts anything. It is for the tools that make images and boot them, outside
// the data path.
package initrd

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
)

// File is one file of it.
type File struct {
	Name string // without a leading slash; the folders around it come into being by it
	Data []byte
	Mode uint32 // permission bits
	Link string // if not empty, this is a symbolic link to there, and Data and Mode are not looked at
}

// Kinds of entries. (inode(7))
const (
	folder = 0o040755
	device = 0o020600
	plain  = 0o100000
	link   = 0o120777
)

// Pack makes an archive of files, with empty folders besides. Files are sorted by name; dev, dev/console,
// which the kernel opens before anything is mounted, and dev/null are always there. A name that is there
// twice, or that is no path, is an error. (Linux, Documentation/driver-api/early-userspace/buffer-format.rst,
// "newc" format; cpio(5))
func Pack(files []File, folders ...string) ([]byte, error) {
	names := map[string]bool{"dev": true}
	around := func(name string) {
		for dir := name; dir != "."; dir = path.Dir(dir) {
			names[dir] = true
		}
	}
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	size := 0
	for i, f := range files {
		if f.Name == "" || path.Clean("/" + f.Name)[1:] != f.Name || strings.ContainsRune(f.Name, 0) {
			return nil, fmt.Errorf("initrd: name %q, want a path without a slash in front", f.Name)
		}
		if i > 0 && files[i-1].Name == f.Name {
			return nil, fmt.Errorf("initrd: name %q is there twice", f.Name)
		}
		around(path.Dir(f.Name))
		size += len(f.Data) + len(f.Name) + 200
	}
	for _, dir := range folders {
		around(path.Clean(dir))
	}
	a := archive{Buffer: *bytes.NewBuffer(make([]byte, 0, size+4096))}
	var dirs []string
	for dir := range names {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		if slices.ContainsFunc(files, func(f File) bool { return f.Name == dir }) {
			return nil, fmt.Errorf("initrd: name %q is a file and a folder", dir)
		}
		a.entry(dir, folder, nil, 0, 0)
	}
	a.entry("dev/console", device, nil, 5, 1) // (Linux, Documentation/admin-guide/devices.txt)
	a.entry("dev/null", device|0o666, nil, 1, 3)
	for _, f := range files {
		if f.Link != "" {
			a.entry(f.Name, link, []byte(f.Link), 0, 0)
		} else {
			a.entry(f.Name, plain|f.Mode&0o777, f.Data, 0, 0)
		}
	}
	a.entry("TRAILER!!!", 0, nil, 0, 0)
	return a.Bytes(), nil
}

// archive is what was packed so far.
type archive struct {
	bytes.Buffer
	made int // entries
}

func (a *archive) entry(name string, mode uint32, data []byte, major, minor int) {
	pad := func() { a.Write(make([]byte, -a.Len()&3)) }
	a.made++
	links := 1
	if mode&folder == folder {
		links = 2
	}
	fmt.Fprintf(a, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		a.made, mode, 0, 0, links, 0, len(data), 0, 0, major, minor, len(name)+1, 0)
	a.WriteString(name + "\x00")
	pad()
	a.Write(data)
	pad()
}
