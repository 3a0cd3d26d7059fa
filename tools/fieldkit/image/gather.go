package image

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

// gathering collects what an image is made of.
type gathering struct {
	ctx    context.Context
	tree   *programs.Tree
	recipe recipe.Recipe
	store  *source.Store
	say    func(format string, args ...any)

	kernel source.Module
	built  []programs.Program
	made   system
}

// item is a file, and where it is from.
type item struct {
	path   string
	data   []byte
	origin string
}

// system is what a card holds but for what follows from all of it together.
type system struct {
	manifest bom.Manifest
	start    []item     // files of the first partition
	slot     []item     // files of each slot
	packed   []bom.File // what is packed within files of the slot
	parts    []bom.Part
	texts    []item // licences, which become files of the slot
}

// system gathers everything.
func (g *gathering) system() (*system, error) {
	s := &g.made
	b, err := boards.Lookup(g.recipe.Board)
	if err != nil {
		return nil, err
	}
	s.manifest = bom.Manifest{Board: b.Name, Title: b.Title, Go: g.tree.Go}
	if s.manifest.Source, err = g.tree.Sum(g.ctx); err != nil {
		return nil, err
	}
	for _, step := range []func() error{g.takeKernel, g.takeBlobs, func() error { return g.build(b) }, g.takeInitrd, g.takeOwn, g.takeTexts} {
		if err := g.ctx.Err(); err != nil {
			return nil, fmt.Errorf("image: %w", err)
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ours is the origin of what stands in this repository.
func ours(where string) string { return programs.Module + " " + where }

// put adds a file to the slot.
func (s *system) put(name string, data []byte, origin string) {
	s.slot = append(s.slot, item{name, data, origin})
}

// packed compresses. The name and the date that gzip can hold are left out.
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
		return nil, fmt.Errorf("image: %w", err)
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
	g.made.put(card.Kernel, z, g.kernel.Name()+" "+k.Image+", compressed")
	g.made.packed = append(g.made.packed, bom.Of(card.Kernel+":"+k.Image, image, g.kernel.Name()))
	for _, name := range append(append([]string{}, k.DeviceTrees...), k.Overlays...) {
		b, err := g.kernel.File(name)
		if err != nil {
			return err
		}
		to := path.Base(name)
		if strings.HasSuffix(name, ".dtbo") {
			to = "overlays/" + to
		}
		g.made.put(to, b, g.kernel.Name()+" "+name)
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
		g.made.start = append(g.made.start, item{path.Base(name), b, m.Name()})
	}
	for _, name := range r.Slot {
		b, err := m.File(name)
		if err != nil {
			return err
		}
		g.made.put(path.Base(name), b, m.Name())
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
