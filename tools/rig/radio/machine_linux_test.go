package radio

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"tellijn/boards/recipe"
	"tellijn/tools/fieldkit/source"
	"tellijn/tools/rig/guest/guesttest"
	"tellijn/tools/rig/vm"
)

// ciphers and radios are the modules of the kernel that are needed; what it does not bring is built in.
func ciphersAndRadios() []string {
	return []string{"libaes", "aes_generic", "aes_arm64", "ghash_generic", "gf128mul", "gcm", "ccm", "ctr", "cmac", "hmac", "sha256_generic", "libarc4", "rfkill", "cfg80211", "mac80211", "mac80211_hwsim"}
}

// hostapd is the other side, of the same version as the supplicant.
func hostapd() recipe.Package {
	return recipe.Package{Name: "hostapd", Version: "2:2.10-12+deb12u3", Arch: "arm64", URL: "debian/pool/main/w/wpa/hostapd_2.10-12+deb12u3_arm64.deb",
		SHA256:  "876643852816092cfc9a4190cc83f54e2a7cba72bc18728c53c159941dd20c13",
		Licence: "usr/share/doc/hostapd/copyright", Files: []recipe.File{{From: "usr/sbin/hostapd", To: "sbin/hostapd"}}}
}

// TestMachine boots the kernel and runs the TestGuest tests in it.
func TestMachine(t *testing.T) {
	guesttest.Able(t, "minutes", "go", "dpkg-deb")
	k, err := vm.FindKernel("../../..")
	need(t, err)
	files := slices.Concat(modules(t, k.From), packages(t), guesttest.Build(t, "tellijn/firmware/scout"))
	m, err := vm.Boot(t.Context(), vm.Options{Kernel: k, Files: files, Memory: 384, Limit: 9 * time.Minute})
	need(t, err)
	defer m.End()
	passed := 0
	marks, _ := guesttest.Hear(t, m, func(line string) bool {
		if strings.HasPrefix(strings.TrimSpace(line), "--- PASS: TestGuestRadio/") {
			passed++
		}
		return false
	})
	if !slices.Equal(marks, []string{guesttest.MarkUp, guesttest.MarkPass}) || passed != len(trials()) {
		t.Errorf("marks %q, %d of %d trials passed", marks, passed, len(trials()))
	}
}

// need skips what is absent and ends the test over what is broken.
func need(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, source.ErrAbsent) {
		t.Skip(err)
	}
	guesttest.Need(t, err)
}

// packages are the supplicant with its libraries, as they are in the image of a board, and hostapd.
func packages(t *testing.T) (files []vm.File) {
	t.Helper()
	r, err := recipe.Lookup("rpi-zero-2w")
	need(t, err)
	dir, err := source.DefaultDir()
	need(t, err)
	store := source.NewStore(dir)
	for _, p := range append(slices.Clone(r.Packages), hostapd()) {
		if strings.HasPrefix(p.Name, "firmware-") || p.Name == "wireless-regdb" {
			continue
		}
		found, err := store.Package(t.Context(), p)
		need(t, err)
		for _, f := range p.Files {
			files = append(files, vm.File{Name: f.To, Data: found[f.From], Mode: 0o755})
		}
	}
	return files
}

// modules takes those of the kernel's package that are needed, with what they need.
func modules(t *testing.T, deb string) (files []vm.File) {
	t.Helper()
	if !strings.HasSuffix(deb, ".deb") {
		t.Skipf("the kernel of %s is no package", deb)
	}
	c := exec.Command("dpkg-deb", "--fsys-tarfile", deb)
	out, err := c.StdoutPipe()
	need(t, err)
	need(t, c.Start())
	ko := map[string][]byte{}
	for r := tar.NewReader(out); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		need(t, err)
		stem, rest, _ := strings.Cut(path.Base(h.Name), ".ko")
		stem = strings.ReplaceAll(stem, "-", "_")
		if dir := h.Name; !strings.Contains(path.Base(dir), ".ko") || !strings.Contains(dir, "/crypto/") && !strings.Contains(dir, "/net/") {
			continue
		}
		b, err := io.ReadAll(r)
		need(t, err)
		if rest == ".xz" {
			x := exec.Command("xz", "-dc")
			x.Stdin = bytes.NewReader(b)
			b, err = x.Output()
			need(t, err)
		}
		ko[stem] = b
	}
	need(t, c.Wait())
	if ko["mac80211_hwsim"] == nil {
		t.Skip("this kernel has no radios made of software")
	}
	var order []string
	var visit func(string)
	visit = func(name string) {
		if ko[name] == nil || slices.Contains(order, name) {
			return
		}
		for _, d := range depends(t, ko[name]) {
			visit(d)
		}
		order = append(order, name)
	}
	for _, name := range ciphersAndRadios() {
		visit(name)
	}
	for i, n := range order {
		files = append(files, vm.File{Name: fmt.Sprintf("modules/%02d-%s.ko", i, n), Data: ko[n], Mode: 0o644})
	}
	return files
}

// depends reads the line "depends=" of a module.
func depends(t *testing.T, ko []byte) []string {
	t.Helper()
	e, err := elf.NewFile(bytes.NewReader(ko))
	need(t, err)
	info, err := e.Section(".modinfo").Data()
	need(t, err)
	for line := range bytes.SplitSeq(info, []byte{0}) {
		if list, ok := strings.CutPrefix(string(line), "depends="); ok && list != "" {
			return strings.Split(strings.ReplaceAll(list, "-", "_"), ",")
		}
	}
	return nil
}
