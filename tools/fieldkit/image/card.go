package image

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"tellijn/boards/card"
	"tellijn/tools/fieldkit/bom"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/fieldkit/image/system"
	"tellijn/tools/fieldkit/mbr"
	"tellijn/tools/fieldkit/pristine"
	"tellijn/tools/fieldkit/programs"
)

// content is a whole image before it is written.
type content struct {
	manifest bom.Manifest
	cdx      []byte
	volumes  []volume
	signed   uint32 // of the table
}

// volume is a file system of it.
type volume struct {
	at     card.Partition
	serial uint32
	files  []fat.File
}

// finish adds what follows from everything else: the number of the card, the command line that names it,
// and the lists. cmdline is that of the recipe.
func finish(s *system.System, cmdline string) (*content, error) {
	b := s.Manifest.Board
	var err error
	c := &content{manifest: s.Manifest}
	if c.cdx, err = bom.CycloneDX(bom.Part{Kind: cdx.ComponentTypeFirmware, Name: programs.Module + " for " + b, Version: s.Manifest.Source,
		PURL: bom.Golang(programs.Module, s.Manifest.Source) + "#boards/" + b, Licences: []string{"Apache-2.0"}}, s.Parts); err != nil {
		return nil, err
	}
	s.Put(card.SBOM, c.cdx, system.Ours("tools/fieldkit/bom"))
	sum := identify(s, cmdline)
	number := func(i int) uint32 { return binary.BigEndian.Uint32(sum[4*i:]) | 1 } // 0 would mean none
	c.signed = number(0)
	s.Put(card.Cmdline, fmt.Appendf(nil, "%s %s=%08x\n", cmdline, card.Argument, c.signed), system.Ours("boards/"+b)+", with the number of the card")
	slot := s.Manifest
	slot.Files = append(list(s.Slot, ""), s.Packed...)
	slices.SortFunc(slot.Files, byPath)
	text, err := slot.Text()
	if err != nil {
		return nil, err
	}
	s.Put(card.Manifest, text, system.Ours("tools/fieldkit/bom"))
	if size := total(s.Slot); size > card.SlotMost {
		return nil, fmt.Errorf("image: the system takes %.1f MiB of a slot, want at most %d", float64(size)/card.MiB, card.SlotMost/card.MiB)
	}
	for i, v := range []struct {
		at    card.Partition
		items []system.Item
	}{{card.Start(), s.Start}, {card.SlotA(), s.Slot}, {card.SlotB(), s.Slot}} {
		files := make([]fat.File, len(v.items))
		for j, f := range v.items {
			files[j] = fat.File{Path: f.Path, Data: f.Data}
		}
		used, err := fat.Used(v.at.Size, files)
		if err != nil {
			return nil, fmt.Errorf("image: partition %s: %w", v.at.Label, err)
		}
		c.volumes = append(c.volumes, volume{v.at, number(i + 1), files})
		c.manifest.Partitions = append(c.manifest.Partitions, bom.Partition{Number: v.at.Number, Label: v.at.Label, Start: v.at.Start, Size: v.at.Size, Used: used})
		c.manifest.Files = append(c.manifest.Files, list(v.items, v.at.Label+"/")...)
		for _, f := range s.Packed {
			if i > 0 {
				f.Path = v.at.Label + "/" + f.Path
				c.manifest.Files = append(c.manifest.Files, f)
			}
		}
	}
	d := card.Data()
	c.manifest.Partitions = append(c.manifest.Partitions, bom.Partition{Number: d.Number, Label: d.Label, Start: d.Start, Size: d.Size, Used: card.DataSize})
	slices.SortFunc(c.manifest.Files, byPath)
	return c, nil
}

// identify gives what makes two images different, but for what follows from it.
func identify(s *system.System, cmdline string) [32]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", s.Manifest.Board, cmdline)
	for _, items := range [][]system.Item{s.Start, s.Slot} {
		files := list(items, "")
		slices.SortFunc(files, byPath)
		for _, f := range files {
			fmt.Fprintf(h, "%q %s\n", f.Path, f.SHA256)
		}
		fmt.Fprintln(h)
	}
	return [32]byte(h.Sum(nil))
}

func byPath(a, b bom.File) int { return strings.Compare(a.Path, b.Path) }

func list(items []system.Item, before string) []bom.File {
	files := make([]bom.File, len(items))
	for i, f := range items {
		files[i] = bom.Of(before+f.Path, f.Data, f.Origin)
	}
	return files
}

func total(items []system.Item) (size int64) {
	for _, f := range items {
		size += int64(len(f.Data))
	}
	return size
}

// medium is what an image is written to; it reads as zeros where nothing was written.
type medium interface {
	io.WriterAt
	io.ReaderAt
}

// fill writes everything, the table of partitions last, and gives the SHA-256 of the whole.
func (c *content) fill(ctx context.Context, m medium, say func(string, ...any)) (sum string, err error) {
	for _, v := range c.volumes {
		if err := ctx.Err(); err != nil {
			return "", fmt.Errorf("image: %w", err)
		}
		say("partition %d, %s", v.at.Number, v.at.Label)
		if err := fat.Write(m, v.at.Start, v.at.Size, v.at.Label, v.serial, v.files); err != nil {
			return "", fmt.Errorf("image: partition %s: %w", v.at.Label, err)
		}
	}
	say("partition %d, %s", card.Data().Number, card.Data().Label)
	if err := pristine.WriteTo(m, card.Data().Start); err != nil {
		return "", fmt.Errorf("image: %w", err)
	}
	if _, err := m.WriteAt(mbr.Sector(c.signed), 0); err != nil {
		return "", fmt.Errorf("image: %w", err)
	}
	say("reading it back")
	h := sha256.New()
	if _, err := io.Copy(h, reader{ctx, io.NewSectionReader(m, 0, card.Size)}); err != nil {
		return "", fmt.Errorf("image: reading back what was written: %w", err)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	io.Reader
}

// Read reads unless the context has ended.
func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}
