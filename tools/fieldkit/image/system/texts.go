package system

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"tellijn/boards/card"
	"tellijn/boards/recipe"
	"tellijn/tools/fieldkit/bom"
	"tellijn/tools/fieldkit/programs"
	"tellijn/tools/fieldkit/source"
)

// text adds a licence or a notice.
func (s *System) text(name string, data []byte, origin string) {
	s.texts = append(s.texts, Item{name, data, origin})
}

// kernelTexts adds the kernel's licence, the offer of its source, and what its makers changed.
func (g *gathering) kernelTexts(image []byte) error {
	m, s := g.kernel, &g.made
	licence, err := m.File("LICENSE.linux")
	if err != nil {
		return err
	}
	upstream, err := m.File("_build/upstream-url.txt")
	if err != nil {
		return err
	}
	url := strings.TrimSpace(string(upstream))
	s.text("linux.txt", licence, m.Name())
	s.text("linux-source.txt", []byte(kernelOffer(m, url)), Ours("tools/fieldkit/image"))
	changes, err := m.Files("_build", "")
	if err != nil {
		return err
	}
	for _, name := range changes {
		b, err := m.File(name)
		if err != nil {
			return err
		}
		s.text("linux-source/"+path.Base(name), b, m.Name())
	}
	version, cpe := m.Version, ""
	if all, err := m.Files("lib/modules", "modules.builtin"); err == nil && len(all) == 1 {
		version = strings.Split(all[0], "/")[2] // the folder bears the version of the kernel, such as 6.12.47-v8
		number, _, _ := strings.Cut(version, "-")
		cpe = "cpe:2.3:o:linux:linux_kernel:" + number + ":*:*:*:*:*:*:*"
	}
	s.Parts = append(s.Parts, bom.Part{Kind: cdx.ComponentTypeOS, Name: "linux", Version: version, CPE: cpe, PURL: bom.Golang(m.Path, m.Version),
		Licences: []string{"GPL-2.0-only"}, SHA256: bom.Sum(image), Sum: g.recipe.Kernel.Sum, Source: url})
	return nil
}

// blobTexts adds the licence of the files for the board's own firmware.
func (g *gathering) blobTexts(m source.Module) error {
	b, err := m.File("LICENSE.broadcom")
	if err != nil {
		return err
	}
	g.made.text("boot-files.txt", b, m.Name())
	g.made.Parts = append(g.made.Parts, bom.Part{Kind: cdx.ComponentTypeFirmware, Name: "raspberrypi-firmware", Version: m.Version,
		PURL: bom.Golang(m.Path, m.Version), Sum: g.recipe.Blobs.Sum, Source: "https://github.com/raspberrypi/firmware"})
	return nil
}

// debian adds a package and its licence.
func (s *System) debian(p recipe.Package, licence []byte) {
	s.text("packages/"+p.Name+".txt", licence, "Debian package "+p.Name+" "+p.Version)
	s.Parts = append(s.Parts, bom.Part{Kind: cdx.ComponentTypeLibrary, Name: p.Name, Version: p.Version,
		PURL: bom.Debian(p.Name, p.Version, p.Arch), SHA256: p.SHA256, Source: "https://snapshot.debian.org/binary/" + p.Name + "/"})
}

// takeTexts adds our own licence and those of Go and of each Go module that is linked into a program, makes
// parts of them all, and turns the texts into files of the slot.
func (g *gathering) takeTexts() error {
	s := &g.made
	own, err := os.ReadFile(filepath.Join(g.Tree.Root, "LICENSE"))
	if err != nil {
		return fmt.Errorf("system: %w", err)
	}
	s.text("tellijn.txt", own, Ours("LICENSE"))
	known := map[string]bool{}
	library := func(path, version, sum string) (string, error) {
		url := bom.Golang(path, version)
		if known[url] {
			return url, nil
		}
		known[url] = true
		texts, err := g.Tree.Licences(path, version)
		if err != nil {
			return "", err
		}
		p := bom.Part{Kind: cdx.ComponentTypeLibrary, Name: path, Version: version, PURL: url, Sum: sum}
		for _, t := range texts {
			if id := bom.Licence(t.Data); id != "" && !slices.Contains(p.Licences, id) {
				p.Licences = append(p.Licences, id)
			}
			s.text("go/"+strings.ReplaceAll(path, "/", "-")+"/"+strings.ToUpper(t.Name), t.Data, path+"@"+version)
		}
		s.Parts = append(s.Parts, p)
		return url, nil
	}
	for _, p := range g.built {
		part := bom.Part{Kind: cdx.ComponentTypeApplication, Name: p.Name, Version: s.Manifest.Source, Licences: []string{"Apache-2.0"},
			PURL: bom.Golang(programs.Module+"/firmware/"+p.Name, s.Manifest.Source), SHA256: bom.Sum(p.Data)}
		std, err := library("std", strings.TrimPrefix(p.Info.GoVersion, "go"), "")
		if err != nil {
			return err
		}
		part.Needs = append(part.Needs, std)
		for _, d := range p.Info.Deps {
			if d.Replace != nil {
				return fmt.Errorf("system: program %s: module %s is replaced by %s, want what go.sum pins", p.Name, d.Path, d.Replace.Path)
			}
			url, err := library(d.Path, d.Version, d.Sum)
			if err != nil {
				return err
			}
			part.Needs = append(part.Needs, url)
		}
		s.Parts = append(s.Parts, part)
	}
	for _, t := range s.texts {
		s.Put(card.Licences+"/"+t.Path, t.Data, t.Origin)
	}
	return nil
}

// kernelOffer says where the source of the kernel is, as its licence wants it.
func kernelOffer(m source.Module, url string) string {
	return fmt.Sprintf(`The kernel on this card is Linux, under the GNU General Public License, version 2; its
text is in linux.txt. You may use, study, change and pass on the kernel under that licence.

Its exact source:
  1. Linux as published by Raspberry Pi:
     %s
  2. the changes and settings in the folder linux-source beside this text. The whole
     configuration is within the kernel itself: a running one shows it as /proc/config.gz,
     and scripts/extract-ikconfig of the source takes it out of kernel8.img
  3. how it was built: https://github.com/gokrazy/kernel.rpi, in the state with which
     "go mod download %s" was made

This project did not change the kernel. Whoever passes this card or its image on must be able
to give the same source for three years. If you got a device with this card and cannot
fetch the source from there, whoever gave you the device owes you a copy on request, for no
more than the cost of sending it.

Debian packages, if the folder packages is here: its texts name the licences, the folder common
has those that they refer to, and the source of each package is at
https://snapshot.debian.org under its name and version, which manifest.json says. The same offer
holds for them.
`, url, m.Name())
}
