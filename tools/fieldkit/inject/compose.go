package inject

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"tellijn/boards"
	"tellijn/boards/card"
	"tellijn/firmware/config"
	"tellijn/tools/fieldkit/fat"
)

// BoardOf reads from the first slot of an image which board it is for.
func BoardOf(image io.ReaderAt) (boards.Board, error) {
	f, err := fat.Open(image, card.SlotA().Start)
	if err != nil {
		return boards.Board{}, fmt.Errorf("%w: no image of a card: %w", ErrInput, err)
	}
	b, err := fs.ReadFile(f, card.Manifest)
	if err != nil {
		return boards.Board{}, fmt.Errorf("%w: which board the image is for: %w", ErrInput, err)
	}
	var m struct {
		Board string `json:"board"`
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return boards.Board{}, fmt.Errorf("%w: %s of the image: %w", ErrInput, card.Manifest, err)
	}
	return boards.Lookup(m.Board)
}

// Compose gives the image with the folder of a device in its first partition in place of any other: the
// partition is written anew. The image is not changed.
func Compose(image io.ReaderAt, device []fat.File) (io.ReaderAt, error) {
	start := card.Start()
	f, err := fat.Open(image, start.Start)
	if err != nil {
		return nil, fmt.Errorf("%w: no image of a card: %w", ErrInput, err)
	}
	all, err := files(f)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(x fat.File) bool { return strings.EqualFold(top(x.Path), card.Device) })
	o := &overlay{below: image, from: start.Start, to: start.Start + start.Size, pages: map[int64]*[page]byte{}}
	if err := fat.Write(o, start.Start, start.Size, f.Label(), f.Serial(), append(all, device...)); err != nil {
		return nil, fmt.Errorf("inject: %w", err)
	}
	return o, nil
}

// files reads all files of a file system.
func files(f *fat.FS) (all []fat.File, err error) {
	err = fs.WalkDir(f, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(f, name)
		all = append(all, fat.File{Path: name, Data: b})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("inject: the first partition: %w", err)
	}
	return all, nil
}

func top(name string) string { return strings.SplitN(path.Clean(name), "/", 2)[0] }

// Check reads a card and tells whether the folder of the device on it is what was made, byte for byte and
// nothing else, and whether the device will take its configuration as it stands there.
func (d *Device) Check(c io.ReaderAt, board boards.Board) error {
	f, err := fat.Open(c, card.Start().Start)
	if err != nil {
		return fmt.Errorf("inject: reading the card back: %w", err)
	}
	all, err := files(f)
	if err != nil {
		return err
	}
	there := 0
	for _, x := range all {
		if strings.EqualFold(top(x.Path), card.Device) {
			there++
		}
	}
	for _, x := range d.Files {
		i := slices.IndexFunc(all, func(o fat.File) bool { return o.Path == x.Path })
		if i < 0 || !bytes.Equal(all[i].Data, x.Data) {
			return fmt.Errorf("inject: %s on the card is not what was made", x.Path)
		}
		if path.Base(x.Path) == card.Config {
			if err := config.Apply(x.Path, string(all[i].Data), &board); err != nil || board.Device != d.Board.Device {
				return fmt.Errorf("inject: the configuration on the card is of %q, want %q: %w", board.Device, d.Board.Device, err)
			}
		}
	}
	if there != len(d.Files) {
		return fmt.Errorf("inject: %d files in the folder of the device, want %d", there, len(d.Files))
	}
	return nil
}

// Forget wipes the secrets of the device from this program, as far as it holds them itself.
func (d *Device) Forget() {
	for _, x := range d.Files {
		if name := path.Base(x.Path); name == card.Keys || name == card.CertKey {
			clear(x.Data)
		}
	}
}

// page of an overlay in bytes.
const page = 64 << 10

// overlay is an image with one part of it held in memory: a file on the disk of this computer would keep
// the secrets of the device.
type overlay struct {
	below    io.ReaderAt
	from, to int64
	pages    map[int64]*[page]byte // what was written; everything else of the part is zeros
}

// WriteAt writes within the part.
func (o *overlay) WriteAt(b []byte, off int64) (n int, err error) {
	if off < o.from || off+int64(len(b)) > o.to {
		return 0, fmt.Errorf("inject: writing bytes %d to %d, want %d to %d", off, off+int64(len(b)), o.from, o.to)
	}
	for n < len(b) {
		at := off + int64(n)
		p := o.pages[at/page]
		if p == nil {
			p = new([page]byte)
			o.pages[at/page] = p
		}
		n += copy(p[at%page:], b[n:])
	}
	return n, nil
}

// ReadAt reads the part from memory and everything else from below.
func (o *overlay) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		at := off + int64(n)
		if at < o.from || at >= o.to {
			end := int64(len(b))
			if at < o.from {
				end = min(end, o.from-off)
			}
			got, err := o.below.ReadAt(b[n:end], at)
			if n += got; err != nil {
				return n, err
			}
			continue
		}
		c := b[n:min(int64(len(b)), o.to-off)]
		if p := o.pages[at/page]; p != nil {
			n += copy(c, p[at%page:])
			continue
		}
		c = c[:min(int64(len(c)), page-at%page)]
		clear(c)
		n += len(c)
	}
	return n, nil
}
