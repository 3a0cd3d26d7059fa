package source

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/ulikunitz/xz"
)

// Bounds of what is unpacked, in bytes.
const (
	mostUnpacked = 512 << 20 // read of a package
	mostKept     = 128 << 20 // of the files that are wanted
)

// unpack gives the files of a package that are wanted; links within it are followed once all is read.
// (deb(5): an ar archive of debian-binary, control.tar and data.tar)
func unpack(deb []byte, want map[string]bool) (map[string][]byte, error) {
	name, data, err := member(deb, "data.tar")
	if err != nil {
		return nil, err
	}
	var r io.Reader = bytes.NewReader(data)
	switch name {
	case "data.tar":
	case "data.tar.gz":
		r, err = gzip.NewReader(r)
	case "data.tar.xz":
		r, err = xz.ReaderConfig{DictCap: 64 << 20}.NewReader(r)
	default:
		err = fmt.Errorf("%q, want data.tar, .gz or .xz", name)
	}
	if err != nil {
		return nil, err
	}
	return pick(tar.NewReader(&io.LimitedReader{R: r, N: mostUnpacked}), want)
}

// member finds a file of an ar archive by how its name begins. (ar(5))
func member(b []byte, begins string) (string, []byte, error) {
	const magic, head = "!<arch>\n", 60
	if !bytes.HasPrefix(b, []byte(magic)) {
		return "", nil, errors.New("no ar archive, want a Debian package")
	}
	for b = b[len(magic):]; len(b) >= head; {
		name := strings.TrimSuffix(strings.TrimRight(string(b[:16]), " "), "/")
		size, err := strconv.ParseInt(strings.TrimRight(string(b[48:58]), " "), 10, 64)
		if err != nil || size < 0 || size > int64(len(b)-head) || string(b[58:head]) != "`\n" {
			return "", nil, fmt.Errorf("ar archive is damaged at %q", name)
		}
		if b = b[head:]; strings.HasPrefix(name, begins) {
			return name, b[:size], nil
		}
		b = b[min(size+size&1, int64(len(b))):]
	}
	return "", nil, fmt.Errorf("no %s in the ar archive, want a Debian package", begins)
}

// pick reads a tar archive to its end.
func pick(r *tar.Reader, want map[string]bool) (map[string][]byte, error) {
	files, links, kept := map[string][]byte{}, map[string]string{}, int64(0)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		name := path.Clean("/" + h.Name)[1:]
		switch h.Typeflag {
		case tar.TypeSymlink:
			if links[name] = path.Join("/", path.Dir(name), h.Linkname)[1:]; path.IsAbs(h.Linkname) {
				links[name] = path.Clean(h.Linkname)[1:]
			}
		case tar.TypeLink:
			links[name] = path.Clean("/" + h.Linkname)[1:]
		case tar.TypeReg:
			// What a wanted link points to is known only at the end, so everything small enough is kept.
			if !want[name] && h.Size > mostKept/8 || kept+h.Size > mostKept {
				if want[name] {
					return nil, fmt.Errorf("files of more than %d bytes", int64(mostKept))
				}
				continue
			}
			b, err := io.ReadAll(io.LimitReader(r, mostKept))
			if err != nil {
				return nil, err
			}
			kept += int64(len(b))
			files[name] = b
		}
	}
	found := map[string][]byte{}
	for name := range want {
		at := name
		for range 4 { // links to links
			if next, ok := links[at]; ok {
				at = next
			}
		}
		if b, ok := files[at]; ok {
			found[name] = b
		}
	}
	return found, nil
}
