package image

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/klauspost/compress/zstd"

	"tellijn/boards/card"
	"tellijn/tools/fieldkit/bom"
	"tellijn/tools/fieldkit/fat"
	"tellijn/tools/fieldkit/mbr"
)

// have finds a program of the system, or says which Debian package has it.
func have(t *testing.T, name, pkg string) string {
	t.Helper()
	for _, p := range []string{name, "/usr/sbin/" + name, "/sbin/" + name} {
		if found, err := exec.LookPath(p); err == nil {
			return found
		}
	}
	t.Skipf("no %s here (Debian package %s)", name, pkg)
	return ""
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// cut copies a partition into a file of its own, for programs that take no offset.
func cut(t *testing.T, f io.ReaderAt, from, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "part")
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := io.Copy(w, io.NewSectionReader(f, from, size)); err != nil {
		t.Fatal(err)
	}
	return path
}

// checkOthers lets the programs of the system look at an image.
func checkOthers(t *testing.T, path string, f *os.File, m bom.Manifest) {
	t.Run("sfdisk", func(t *testing.T) {
		sfdisk := have(t, "sfdisk", "fdisk")
		if out := output(t, sfdisk, "--verify", path); !strings.Contains(out, "No errors detected") {
			t.Error(out)
		}
		if out := output(t, sfdisk, "-d", path); !strings.Contains(out, "label-id: 0x"+m.Image.Card) {
			t.Error(out)
		}
	})
	t.Run("fsck.vfat", func(t *testing.T) {
		fsck := have(t, "fsck.vfat", "dosfstools")
		for _, p := range []card.Partition{card.Start(), card.SlotA(), card.SlotB()} {
			out := output(t, fsck, "-n", cut(t, f, p.Start, p.Size))
			if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 2 || !strings.Contains(lines[1], "clusters") {
				t.Errorf("%s:\n%s", p.Label, out)
			}
		}
	})
	t.Run("e2fsck", func(t *testing.T) {
		if out := output(t, have(t, "e2fsck", "e2fsprogs"), "-fn", cut(t, f, card.Data().Start, card.DataSize)); !strings.Contains(out, "data: 11/2048 files") {
			t.Error(out)
		}
	})
	t.Run("mtools", func(t *testing.T) {
		mtype := have(t, "mtype", "mtools")
		for _, p := range []card.Partition{card.SlotA(), card.SlotB()} {
			b := output(t, mtype, "-i", fmt.Sprintf("%s@@%d", path, p.Start), "::"+card.Kernel)
			if want := file(m, p.Label+"/"+card.Kernel); bom.Sum([]byte(b)) != want.SHA256 {
				t.Errorf("%s: kernel of %d bytes, want %d", p.Label, len(b), want.Size)
			}
		}
	})
}

// file finds what a manifest says of one.
func file(m bom.Manifest, path string) bom.File {
	i := slices.IndexFunc(m.Files, func(f bom.File) bool { return f.Path == path })
	if i < 0 {
		return bom.File{}
	}
	return m.Files[i]
}

// unpacked reads the first file system (cpio, newc).
func unpacked(t *testing.T, z []byte) map[string][]byte {
	t.Helper()
	r, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.DecodeAll(z, nil)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for len(b) > 110 {
		field := func(n int) int {
			v, err := strconv.ParseUint(string(b[6+8*n:14+8*n]), 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			return int(v)
		}
		name, from := string(b[110:110+field(11)-1]), (110+field(11)+3)&^3
		if field(1)&0o170000 == 0o100000 {
			files[name] = b[from : from+field(6)]
		}
		b = b[(from+field(6)+3)&^3:]
	}
	return files
}

// checkLists holds the lists against what is in the image: nothing is in it that is not listed, and the other
// way round.
func checkLists(t *testing.T, path string, f *os.File) bom.Manifest {
	t.Helper()
	text, err := os.ReadFile(path + bom.ManifestEnding)
	if err != nil {
		t.Fatal(err)
	}
	m, err := bom.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{} // sums by path
	put := func(path string, b []byte) { found[path] = bom.Sum(b) }
	for _, p := range []card.Partition{card.Start(), card.SlotA(), card.SlotB()} {
		v, err := fat.Open(f, p.Start)
		if err != nil {
			t.Fatal(err)
		}
		files, err := v.Files()
		if err != nil {
			t.Fatal(err)
		}
		size := 0
		for _, i := range files {
			put(p.Label+"/"+i.Path, i.Data)
			size += len(i.Data)
			switch i.Path {
			case card.Initrd:
				for name, b := range unpacked(t, i.Data) {
					put(p.Label+"/"+i.Path+":"+name, b)
				}
			case card.Kernel:
				r, err := gzip.NewReader(bytes.NewReader(i.Data))
				if err != nil {
					t.Fatal(err)
				}
				b, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				put(p.Label+"/"+i.Path+":vmlinuz", b)
			}
		}
		if v.Label() != p.Label || v.Serial() == 0 || size > card.SlotMost || size > 32_000_000 {
			t.Errorf("partition %s: label %q, serial %x, %d bytes", p.Label, v.Label(), v.Serial(), size)
		}
		t.Logf("%s: %.1f MB of at most 32", p.Label, float64(size)/1e6)
	}
	listed := map[string]string{}
	for _, i := range m.Files {
		if listed[i.Path] = i.SHA256; i.Origin == "" {
			t.Errorf("%s has no origin", i.Path)
		}
	}
	if !maps.Equal(found, listed) {
		for _, path := range slices.Sorted(maps.Keys(found)) {
			if found[path] != listed[path] {
				t.Errorf("%s is in the image and listed as %q", path, listed[path])
			}
		}
		for path := range listed {
			if found[path] == "" {
				t.Errorf("%s is listed and not in the image", path)
			}
		}
	}
	for _, p := range []card.Partition{card.SlotA(), card.SlotB()} {
		checkInside(t, f, p, m)
	}
	for path, sum := range found {
		if other, ok := strings.CutPrefix(path, "SLOTA/"); ok && found["SLOTB/"+other] != sum {
			t.Errorf("%s is not the same in both slots", other)
		}
	}
	return m
}

// checkInside holds the manifest in a slot against that of the whole.
func checkInside(t *testing.T, f *os.File, p card.Partition, whole bom.Manifest) {
	t.Helper()
	v, err := fat.Open(f, p.Start)
	if err != nil {
		t.Fatal(err)
	}
	text, err := v.ReadFile(card.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	m, err := bom.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	var want []bom.File
	for _, i := range whole.Files {
		if path, ok := strings.CutPrefix(i.Path, p.Label+"/"); ok && path != card.Manifest {
			i.Path = path
			want = append(want, i)
		}
	}
	if !slices.Equal(m.Files, want) || m.Source != whole.Source || m.Board != whole.Board || m.Go != whole.Go || len(m.Source) != 64 {
		t.Errorf("%s: %d files from %s in its manifest, %d from %s in that of the whole", p.Label, len(m.Files), m.Source, len(want), whole.Source)
	}
}

// checkParts holds the list of parts against the programs: it is one that the library of CycloneDX takes, and
// names every module with its licence text.
func checkParts(t *testing.T, path string, f *os.File, m bom.Manifest) {
	t.Helper()
	text, err := os.ReadFile(path + bom.SBOMEnding)
	if err != nil {
		t.Fatal(err)
	}
	if inside := file(m, "SLOTA/"+card.SBOM); inside.SHA256 != bom.Sum(text) {
		t.Error("the list of parts in the slot is another than that beside the image")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var list cdx.BOM
	if err := d.Decode(&list); err != nil {
		t.Fatal(err)
	}
	if list.SpecVersion != cdx.SpecVersion1_6 || !strings.HasPrefix(list.SerialNumber, "urn:uuid:") || list.Metadata.Timestamp != "" {
		t.Errorf("version %v, number %q, date %q", list.SpecVersion, list.SerialNumber, list.Metadata.Timestamp)
	}
	refs := map[string]bool{list.Metadata.Component.BOMRef: true}
	for _, c := range *list.Components {
		if refs[c.BOMRef] || c.Version == "" || c.Name == "" || c.PackageURL != c.BOMRef {
			t.Errorf("component %+v", c)
		}
		refs[c.BOMRef] = true
		if name, ok := strings.CutPrefix(c.PackageURL, "pkg:golang/"); ok && c.Type == cdx.ComponentTypeLibrary {
			module, _, _ := strings.Cut(name, "@")
			folder := "SLOTA/licences/go/" + strings.ReplaceAll(module, "/", "-") + "/"
			if c.Licenses == nil || !slices.ContainsFunc(m.Files, func(f bom.File) bool { return strings.HasPrefix(f.Path, folder) }) {
				t.Errorf("%s: licences %v, text in %s", module, c.Licenses, folder)
			}
		}
	}
	needed := map[string]bool{}
	for _, link := range *list.Dependencies {
		if link.Dependencies == nil {
			continue
		}
		for _, to := range *link.Dependencies {
			if needed[to] = true; !refs[to] || !refs[link.Ref] {
				t.Errorf("%s needs %s, which is not listed", link.Ref, to)
			}
		}
	}
	for _, want := range []string{"warden", "eye", "courier", "dialer"} {
		if !slices.ContainsFunc(*list.Components, func(c cdx.Component) bool {
			return c.Name == want && c.Hashes != nil && (*c.Hashes)[0].Value == file(m, "SLOTA/"+card.Initrd+":bin/"+want).SHA256
		}) {
			t.Errorf("program %s is not listed with its sum", want)
		}
	}
	if !slices.ContainsFunc(*list.Components, func(c cdx.Component) bool {
		return c.Name == "linux" && strings.HasPrefix(c.Version, "6.") && strings.HasPrefix(c.CPE, "cpe:2.3:o:linux:linux_kernel:6.")
	}) {
		t.Error("the kernel is not listed with its version")
	}
	if !needed["pkg:golang/golang.org/x/sys@"+version(t, "golang.org/x/sys")] {
		t.Error("golang.org/x/sys, which the warden needs, is not listed as needed")
	}
}

// version is that of a module in go.mod.
func version(t *testing.T, module string) string {
	t.Helper()
	b, err := os.ReadFile("../../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "\t"+module+" ")
	return strings.Fields(rest)[0]
}

// checkNames looks at what ties the parts of a card together.
func checkNames(t *testing.T, f *os.File, m bom.Manifest) {
	t.Helper()
	b := make([]byte, card.Sector)
	if _, err := f.ReadAt(b, 0); err != nil {
		t.Fatal(err)
	}
	signed, err := mbr.Parse(b)
	if err != nil || signed == 0 || fmt.Sprintf("%08x", signed) != m.Image.Card {
		t.Errorf("table with %08x, %v, want %s", signed, err, m.Image.Card)
	}
	for _, p := range []card.Partition{card.SlotA(), card.SlotB()} {
		v, err := fat.Open(f, p.Start)
		if err != nil {
			t.Fatal(err)
		}
		line, err := v.ReadFile(card.Cmdline)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(string(line))
		for _, want := range []string{"init_on_free=1", "panic=10", "oops=panic", card.Argument + "=" + m.Image.Card} {
			if !slices.Contains(words, want) {
				t.Errorf("command line %q without %q", line, want)
			}
		}
		if bytes.Count(line, []byte("\n")) != 1 || line[len(line)-1] != '\n' {
			t.Errorf("command line %q, want one line", line)
		}
	}
	v, err := fat.Open(f, card.Start().Start)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := v.ReadFile(card.Autoboot); err != nil || len(b) > 512 || !strings.Contains(string(b), "boot_partition=2") {
		t.Errorf("%s: %q, %v", card.Autoboot, b, err)
	}
}
