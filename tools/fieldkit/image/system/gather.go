// Package system gathers what the image of a board is made of: kernel, boot files, the first file system with
// the programs, settings, licences, and for each the place that it is from. It writes nothing. It is for
// installers, outside the data path.
package system

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"tellijn/boards"
	"tellijn/boards/card"
	"tellijn/boards/recipe"
	"tellijn/tools/fieldkit/bom"
	"tellijn/tools/fieldkit/programs"
	"tellijn/tools/fieldkit/source"
)

// Item is a file of a card.
type Item struct {
	Path   string // within its partition
	Data   []byte
	Origin string
}

// System is what a card holds but for what follows from all of it together.
type System struct {
	Manifest bom.Manifest // without files
	Start    []Item       // files of the first partition
	Slot     []Item       // files of each slot
	Packed   []bom.File   // what is packed within files of the slot
	Parts    []bom.Part

	texts []Item // licences, which become files of the slot
}

// Maker gathers the systems of several boards, and does once what they have in common.
type Maker struct {
	Tree  *programs.Tree
	Store *source.Store
	Say   func(format string, args ...any) // progress, a line each

	sum     string
	kernels map[string][]byte // compressed, by module and file
	empty   []byte            // data file system, compressed
	built   map[string][]programs.Program
}

// gathering is a System that comes into being.
type gathering struct {
	*Maker
	ctx    context.Context
	recipe recipe.Recipe
	kernel source.Module
	built  []programs.Program
	made   System
}

// Gather makes what a recipe says. What is missing or has another sum than the recipe's is an error that wraps
// source.ErrAbsent or source.ErrSum.
func (m *Maker) Gather(ctx context.Context, r recipe.Recipe) (*System, error) {
	b, err := boards.Lookup(r.Board)
	if err != nil {
		return nil, fmt.Errorf("system: %w", err)
	}
	if m.sum == "" {
		m.kernels, m.built = map[string][]byte{}, map[string][]programs.Program{}
		if m.sum, err = m.Tree.Sum(ctx); err != nil {
			return nil, err
		}
	}
	g := &gathering{Maker: m, ctx: ctx, recipe: r}
	g.made.Manifest = bom.Manifest{Board: b.Name, Title: b.Title, Go: m.Tree.Go, Source: m.sum}
	for _, step := range []func() error{g.takeKernel, g.takeBlobs, func() error { return g.build(b) }, g.takeInitrd, g.takeOwn, g.takeTexts} {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("system: %w", err)
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &g.made, nil
}

// Ours is the origin of what stands in this repository.
func Ours(where string) string { return programs.Module + " " + where }

// Put adds a file to the slot.
func (s *System) Put(name string, data []byte, origin string) {
	s.Slot = append(s.Slot, Item{name, data, origin})
}

// packed compresses as the board's own firmware can unpack. The name and the date that gzip can hold are left out.
func packed(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("system: %w", err)
	}
	return out.Bytes(), nil
}

// takeKernel takes the kernel and what belongs to it on the slot.
func (g *gathering) takeKernel() (err error) {
	k := g.recipe.Kernel
	g.Say("kernel %s", k.Module)
	if g.kernel, err = source.FetchModule(g.ctx, k.Module, k.Version, k.Sum); err != nil {
		return err
	}
	image, err := g.kernel.File(k.Image)
	if err != nil {
		return err
	}
	key := g.kernel.Name() + " " + k.Image
	if g.kernels[key] == nil {
		if g.kernels[key], err = packed(image); err != nil {
			return err
		}
	}
	g.made.Put(card.Kernel, g.kernels[key], key+", compressed")
	g.made.Packed = append(g.made.Packed, bom.Of(card.Kernel+":"+k.Image, image, g.kernel.Name()))
	for _, name := range append(append([]string{}, k.DeviceTrees...), k.Overlays...) {
		b, err := g.kernel.File(name)
		if err != nil {
			return err
		}
		to := path.Base(name)
		if strings.HasSuffix(name, ".dtbo") {
			to = "overlays/" + to
		}
		g.made.Put(to, b, g.kernel.Name()+" "+name)
	}
	return g.kernelTexts(image)
}

// takeBlobs takes the files for the board's own firmware.
func (g *gathering) takeBlobs() error {
	r := g.recipe.Blobs
	if r.Module == "" {
		return nil
	}
	g.Say("boot files %s", r.Module)
	m, err := source.FetchModule(g.ctx, r.Module, r.Version, r.Sum)
	if err != nil {
		return err
	}
	for _, name := range r.Start {
		b, err := m.File(name)
		if err != nil {
			return err
		}
		g.made.Start = append(g.made.Start, Item{path.Base(name), b, m.Name()})
	}
	for _, name := range r.Slot {
		b, err := m.File(name)
		if err != nil {
			return err
		}
		g.made.Put(path.Base(name), b, m.Name())
		// A partition counts as bootable only if it holds the large one, which a board that is told to
		// take the small one does not read: the small one bears both names. (Raspberry Pi documentation,
		// "autoboot.txt", boot_partition, and "config.txt", gpu_mem)
		if large := strings.ReplaceAll(strings.ReplaceAll(path.Base(name), "_cd.", "."), "cd.", "."); large != path.Base(name) && !slices.Contains(r.Slot, large) {
			g.made.Put(large, b, m.Name()+" "+name+", so that the board takes the partition for bootable")
		}
	}
	return g.blobTexts(m)
}

// build builds the programs. A board that pretends has an eye that draws what it sees.
func (g *gathering) build(b boards.Board) (err error) {
	tags := ""
	if b.Kind.Pretended() {
		tags = "sim"
	}
	if g.Maker.built[tags] == nil {
		g.Say("programs %s", strings.Join(g.Tree.Names(), ", "))
		if g.Maker.built[tags], err = g.Tree.Build(g.ctx, tags); err != nil {
			return err
		}
	}
	g.built = g.Maker.built[tags]
	return nil
}
