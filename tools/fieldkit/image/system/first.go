package system

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/klauspost/compress/zstd"

	"tellijn/boards/card"
	"tellijn/boards/recipe"
	"tellijn/tools/fieldkit/bom"
	"tellijn/tools/fieldkit/initrd"
	"tellijn/tools/fieldkit/pristine"
	"tellijn/tools/fieldkit/source"
)

// takeInitrd packs the first file system.
func (g *gathering) takeInitrd() error {
	s := &g.made
	files, err := g.modules()
	if err != nil {
		return err
	}
	origin := map[string]string{}
	for _, f := range files {
		origin[f.Name] = g.kernel.Name()
	}
	add := func(name string, mode uint32, data []byte, from string) {
		name = strings.TrimPrefix(name, "/")
		files = append(files, initrd.File{Name: name, Data: data, Mode: mode})
		origin[name] = from
	}
	for _, p := range g.built {
		add(card.Programs+"/"+p.Name, 0o755, p.Data, Ours("firmware/"+p.Name))
	}
	if g.empty == nil {
		if g.empty, err = pristine.Gzip(); err != nil {
			return err
		}
	}
	add(card.Pristine, 0o644, g.empty, Ours("tools/fieldkit/pristine"))
	add(card.BoardFile, 0o644, []byte(g.recipe.Board+"\n"), Ours("boards/"+g.recipe.Board))
	for _, p := range g.recipe.Packages {
		if err := g.takePackage(p, add); err != nil {
			return err
		}
	}
	files = append(files, initrd.File{Name: "init", Link: card.Programs + "/warden"})
	b, err := initrd.Pack(files, "proc", "sys", "run", "tmp", "etc", strings.Trim(card.CardDir, "/"), strings.Trim(card.DataDir, "/"))
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Link == "" {
			s.Packed = append(s.Packed, bom.Of(card.Initrd+":"+f.Name, f.Data, origin[f.Name]))
		}
	}
	// The kernel unpacks into memory that is there anyway, so a large window costs nothing; the programs have
	// much in common, which only a large one finds.
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(16<<20), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("system: %w", err)
	}
	z := w.EncodeAll(b, nil)
	g.Say("first file system of %.1f MiB, %.1f compressed", float64(len(b))/card.MiB, float64(len(z))/card.MiB)
	s.Put(card.Initrd, z, Ours("tools/fieldkit/initrd")+", packed from the files listed behind it")
	return nil
}

// takePackage takes files out of a Debian package. What goes to the folder of licences becomes a file of the
// slot.
func (g *gathering) takePackage(p recipe.Package, add func(name string, mode uint32, data []byte, from string)) error {
	g.Say("package %s %s", p.Name, p.Version)
	files, err := g.Store.Package(g.ctx, p)
	if err != nil {
		return err
	}
	for _, f := range p.Files {
		b, from := files[f.From], fmt.Sprintf("Debian package %s %s %s: %s", p.Name, p.Version, p.Arch, f.From)
		if name, ok := strings.CutPrefix(f.To, card.Licences+"/"); ok { // nothing that runs needs it
			g.made.text(name, b, from)
			continue
		}
		mode := uint32(0o644)
		if bytes.HasPrefix(b, []byte("\x7fELF")) {
			mode = 0o755 // programs, and the loader of libraries
		}
		add(f.To, mode, b, from)
	}
	g.made.debian(p, files[p.Licence])
	return nil
}

// modules are those of the recipe and what they need. What the kernel has built in needs no file.
func (g *gathering) modules() ([]initrd.File, error) {
	all, err := g.kernel.Files("lib/modules", "")
	if err != nil && len(g.recipe.Kernel.Modules) > 0 {
		return nil, err
	}
	name := func(p string) string { return strings.ReplaceAll(strings.TrimSuffix(path.Base(p), ".ko"), "-", "_") }
	where, builtin := map[string]string{}, ""
	for _, p := range all {
		switch {
		case strings.HasSuffix(p, ".ko"):
			where[name(p)] = p
		case path.Base(p) == "modules.builtin":
			b, err := g.kernel.File(p)
			if err != nil {
				return nil, err
			}
			for line := range strings.Lines(string(b)) {
				builtin += name(strings.TrimSpace(line)) + "\n"
			}
		}
	}
	var names []string
	for _, p := range g.recipe.Kernel.Modules {
		if where[name(p)] != p {
			return nil, fmt.Errorf("system: kernel module %q %w; it is no file of %s, look at the names in the board's image.toml", p, source.ErrAbsent, g.kernel.Name())
		}
		names = append(names, name(p))
	}
	return initrd.Modules(func(n string) ([]byte, error) {
		if where[n] != "" {
			return g.kernel.File(where[n])
		}
		if strings.Contains("\n"+builtin, "\n"+n+"\n") {
			return nil, nil
		}
		return nil, fmt.Errorf("kernel module %q %w; it is no file of %s and not built in", n, source.ErrAbsent, g.kernel.Name())
	}, names...)
}
