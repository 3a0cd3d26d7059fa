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

// gathering is a System that comes into being.
type gathering struct {
	ctx    context.Context
	tree   *programs.Tree
	recipe recipe.Recipe
	store  *source.Store
	say    func(format string, args ...any)

	kernel source.Module
	built  []programs.Program
	made   System
}

// Gather makes what a recipe says, from a tree. Progress goes to say. What is missing or has another sum than
// the recipe's is an error that wraps source.ErrAbsent or source.ErrSum.
func Gather(ctx context.Context, tree *programs.Tree, r recipe.Recipe, store *source.Store, say func(format string, args ...any)) (*System, error) {
	g := &gathering{ctx: ctx, tree: tree, recipe: r, store: store, say: say}
	b, err := boards.Lookup(r.Board)
	if err != nil {
		return nil, fmt.Errorf("system: %w", err)
	}
	g.made.Manifest = bom.Manifest{Board: b.Name, Title: b.Title, Go: tree.Go}
	if g.made.Manifest.Source, err = tree.Sum(ctx); err != nil {
		return nil, err
	}
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
	g.say("kernel %s", k.Module)
	if g.kernel, err = source.FetchModule(g.ctx, k.Module, k.Version, k.Sum); err != nil {
		return err
	}
	image, err := g.kernel.File(k.Image)
	if err != nil {
		return err
	}
	z, err := packed(image)
	if err != nil {
		return err
	}
	g.made.Put(card.Kernel, z, g.kernel.Name()+" "+k.Image+", compressed")
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
	g.say("boot files %s", r.Module)
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
	}
	return g.blobTexts(m)
}

// build builds the programs. A board that pretends has an eye that draws what it sees.
func (g *gathering) build(b boards.Board) (err error) {
	tags := ""
	if b.Kind.Pretended() {
		tags = "sim"
	}
	g.say("programs %s", strings.Join(g.tree.Names(), ", "))
	g.built, err = g.tree.Build(g.ctx, tags)
	return err
}
