package recipe

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"tellijn/boards/plan"
)

// check holds a recipe against what can be. Whether the files exist is for whoever fetches them.
func (r *Recipe) check(name, text string) error {
	bad := func(key, format string, args ...any) error { return plan.At(name, text, key, format, args...) }
	if r.Emulated != "virt" && r.Emulated != "raspi3b" {
		return bad("emulated", "%q, want virt or raspi3b", r.Emulated)
	}
	if !line(r.Cmdline) || !slices.Contains(strings.Fields(r.Cmdline), "init_on_free=1") {
		return bad("cmdline", "%q, want one line with init_on_free=1: freed memory holds frames", r.Cmdline)
	}
	if strings.Contains(r.Cmdline, "init=") || strings.Contains(r.Cmdline, "tellijn.") {
		return bad("cmdline", "%q; what is started, and from which card, is for the image to say", r.Cmdline)
	}
	for _, l := range r.ConfigTxt {
		if !line(l) || len(l) > 98 { // the board's firmware reads no more of a line; documentation of config.txt
			return bad("config_txt", "%q, want lines of at most 98 printable characters", l)
		}
	}
	if err := r.Kernel.check(bad); err != nil {
		return err
	}
	if err := r.Blobs.check(bad); err != nil {
		return err
	}
	if r.Blobs.Module != "" && len(r.ConfigTxt) == 0 {
		return bad("config_txt", "there is none, but firmware that reads it: it would start no kernel")
	}
	for i, p := range r.Packages {
		if err := p.check(fmt.Sprintf("package[%d].", i), bad); err != nil {
			return err
		}
	}
	if len(r.Packages) > 0 && !r.Radio {
		return bad("radio", "false, but there are packages, which only Wi-Fi needs")
	}
	if len(r.Tried) == 0 {
		return bad("tried", "there is none; say how this board was tried, if only emulated")
	}
	for i, t := range r.Tried {
		if t.How != "emulated" && t.How != "bench" && t.How != "door" || t.What == "" || t.Result == "" || t.Command == "" && t.How == "emulated" {
			return bad(fmt.Sprintf("tried[%d].how", i), "%q, want emulated (with a command), bench or door, and what was tried with which result", t.How)
		}
	}
	return nil
}

// failing makes the error for a key.
type failing func(key, format string, args ...any) error

func (k *Kernel) check(bad failing) error {
	if err := module("kernel.", k.Module, k.Version, k.Sum, bad); err != nil {
		return err
	}
	if !inside(k.Image) {
		return bad("kernel.image", "%q, want the path of a file in the module", k.Image)
	}
	for _, l := range []struct {
		key, suffix string
		paths       []string
	}{{"device_trees", ".dtb", k.DeviceTrees}, {"overlays", ".dtbo", k.Overlays}, {"modules", ".ko", k.Modules}} {
		if err := files("kernel."+l.key, l.paths, l.suffix, bad); err != nil {
			return err
		}
	}
	return nil
}

func (b *Blobs) check(bad failing) error {
	if b.Module == "" {
		if b.Version != "" || b.Sum != "" || len(b.Start) > 0 || len(b.Slot) > 0 {
			return bad("blobs.module", "missing")
		}
		return nil
	}
	if err := module("blobs.", b.Module, b.Version, b.Sum, bad); err != nil {
		return err
	}
	if err := files("blobs.start", b.Start, "", bad); err != nil {
		return err
	}
	return files("blobs.slot", b.Slot, "", bad)
}

func (p *Package) check(at string, bad failing) error {
	if p.Name == "" || strings.Trim(p.Name, "abcdefghijklmnopqrstuvwxyz0123456789+.-") != "" || p.Version == "" {
		return bad(at+"name", "%q %q, want name and version of a Debian package", p.Name, p.Version)
	}
	if p.Arch != "arm64" && p.Arch != "all" {
		return bad(at+"arch", "%q, want arm64 or all", p.Arch)
	}
	if !inside(p.URL) || !strings.HasPrefix(p.URL, "debian") || !strings.Contains(p.URL, "/pool/") || !strings.HasSuffix(p.URL, ".deb") {
		return bad(at+"url", "%q, want a path on the host deb.debian.org, such as debian/pool/main/w/wpa/wpasupplicant_2.10-12_arm64.deb", p.URL)
	}
	if b, err := hex.DecodeString(p.SHA256); err != nil || len(b) != 32 || strings.ToLower(p.SHA256) != p.SHA256 {
		return bad(at+"sha256", "%q, want 64 digits of 0-9 and a-f", p.SHA256)
	}
	if !inside(p.Licence) {
		return bad(at+"licence", "%q, want the path of its copyright file, such as usr/share/doc/%s/copyright", p.Licence, p.Name)
	}
	if len(p.Files) == 0 {
		return bad(at+"file", "there is none; a package of which nothing is used need not be there")
	}
	for i, f := range p.Files {
		if !inside(f.From) || !inside(f.To) {
			return bad(fmt.Sprintf("%sfile[%d].from", at, i), "%q to %q, want paths without a slash in front", f.From, f.To)
		}
	}
	return nil
}

// module checks what names a Go module.
func module(at, name, version, sum string, bad failing) error {
	if !inside(name) || !strings.Contains(name, "/") {
		return bad(at+"module", "%q, want the path of a Go module", name)
	}
	if !strings.HasPrefix(version, "v") || !line(version) || strings.Contains(version, " ") {
		return bad(at+"version", "%q, want the whole version of the module", version)
	}
	if b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sum, "h1:")); err != nil || len(b) != 32 || !strings.HasPrefix(sum, "h1:") {
		return bad(at+"sum", "%q, want h1: and 44 characters, as `go mod download -json` prints them", sum)
	}
	return nil
}

// files checks a list of paths: each once, with this ending, no two of one name.
func files(key string, paths []string, suffix string, bad failing) error {
	seen := map[string]bool{}
	for _, p := range paths {
		if !inside(p) || !strings.HasSuffix(p, suffix) {
			return bad(key, "%q, want the path of a file in the module, ending in %q", p, suffix)
		}
		if seen[path.Base(p)] {
			return bad(key, "%q stands there twice", path.Base(p))
		}
		seen[path.Base(p)] = true
	}
	return nil
}

// inside tells whether p is a clean path that leads nowhere else.
func inside(p string) bool {
	return p != "" && p != "." && path.Clean(p) == p && p[0] != '/' && p != ".." && !strings.HasPrefix(p, "../") && line(p) && !strings.Contains(p, " ")
}

// line tells whether s is one line of printable characters, and not empty.
func line(s string) bool {
	return s != "" && strings.IndexFunc(s, func(c rune) bool { return c < ' ' || c > '~' }) < 0
}
