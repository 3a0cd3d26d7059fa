// Package debian makes a Debian package of the programs, for people who run them on Raspberry Pi OS or Debian
// and not from a card of ours. It writes the package itself, the same each time: nothing in it runs while it
// is installed, nothing is fetched, and nothing is started before somebody says so. It is for installers,
// outside the data path.
package debian

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// File is one file of a package, or a folder if it has no data and a path that ends in a slash.
type File struct {
	Path string // without a slash in front
	Data []byte
	Mode int64
	Conf bool // a person's settings: kept when the package is renewed
}

// Control is what the package manager is told.
type Control struct {
	Name, Version, Arch, Depends, Maintainer, Summary string
	Words                                             []string // lines that describe it
}

// made is the time of everything in the package, so that it is the same each time: the first moment of
// 1980, which every archive can hold.
const made = 315_532_800

// Pack makes the package. (deb(5), version 2.0)
func Pack(c Control, files []File) ([]byte, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	if err := check(files); err != nil {
		return nil, err
	}
	data, err := bundle(files)
	if err != nil {
		return nil, err
	}
	control, err := bundle(c.files(files))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for _, m := range []struct {
		name string
		data []byte
	}{{"debian-binary", []byte("2.0\n")}, {"control.tar.gz", control}, {"data.tar.gz", data}} {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", m.name, made, 0, 0, 0o100644, len(m.data)) // ar(5)
		b.Write(m.data)
		if len(m.data)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes(), nil
}

// check refuses paths that lead elsewhere or stand there twice.
func check(files []File) error {
	for i, f := range files {
		p := strings.TrimSuffix(f.Path, "/")
		if p == "" || p != path.Clean(p) || p[0] == '/' || strings.HasPrefix(p, "..") {
			return fmt.Errorf("debian: path %q, want one without a slash in front that leads nowhere else", f.Path)
		}
		if i > 0 && strings.TrimSuffix(files[i-1].Path, "/") == p {
			return fmt.Errorf("debian: %q stands there twice", f.Path)
		}
	}
	return nil
}

// files are those of the control part: what it is, whose settings are in it, and the sums of its files.
func (c *Control) files(files []File) []File {
	size := 0
	var sums, confs strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f.Path, "/") {
			continue
		}
		size += (len(f.Data) + 1023) / 1024
		if f.Conf {
			fmt.Fprintf(&confs, "/%s\n", f.Path)
			continue
		}
		fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(f.Data), f.Path) // dpkg wants this sum; it protects against mistakes only
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: %s\nInstalled-Size: %d\n", c.Name, c.Version, c.Arch, c.Maintainer, size)
	if c.Depends != "" {
		fmt.Fprintf(&b, "Depends: %s\n", c.Depends)
	}
	fmt.Fprintf(&b, "Section: net\nPriority: optional\nDescription: %s\n", c.Summary)
	for _, w := range c.Words {
		fmt.Fprintf(&b, " %s\n", w)
	}
	return []File{{Path: "conffiles", Data: []byte(confs.String()), Mode: 0o644}, {Path: "control", Data: []byte(b.String()), Mode: 0o644},
		{Path: "md5sums", Data: []byte(sums.String()), Mode: 0o644}}
}

// bundle packs files and the folders around them.
func bundle(files []File) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("debian: %w", err)
	}
	w := tar.NewWriter(z)
	put := func(name string, kind byte, mode int64, data []byte) error {
		err := w.WriteHeader(&tar.Header{Typeflag: kind, Name: "./" + name, Mode: mode, Size: int64(len(data)), ModTime: time.Unix(made, 0), Uname: "root", Gname: "root", Format: tar.FormatGNU})
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}
	if err = put("", tar.TypeDir, 0o755, nil); err != nil {
		return nil, fmt.Errorf("debian: %w", err)
	}
	there := map[string]bool{}
	for _, f := range files { // in order, so that a folder's own mode comes before what is in it
		own := strings.TrimSuffix(f.Path, "/")
		for i := range own {
			if dir := own[:i]; own[i] == '/' && !there[dir] {
				there[dir] = true
				if err == nil {
					err = put(dir+"/", tar.TypeDir, 0o755, nil)
				}
			}
		}
		switch {
		case err != nil:
		case strings.HasSuffix(f.Path, "/"):
			if !there[own] {
				there[own] = true
				err = put(own+"/", tar.TypeDir, f.Mode, nil)
			}
		default:
			err = put(own, tar.TypeReg, f.Mode, f.Data)
		}
		if err != nil {
			return nil, fmt.Errorf("debian: %s: %w", f.Path, err)
		}
	}
	if err = w.Close(); err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("debian: %w", err)
	}
	return b.Bytes(), nil
}
