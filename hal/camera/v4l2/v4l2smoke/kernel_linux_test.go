package v4l2smoke

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kernelFiles are a kernel and the modules around cameras, by name without path and ending.
type kernelFiles struct {
	vmlinuz []byte
	ko      map[string][]byte
}

// findKernel takes the Debian kernel for arm64 from TELLIJN_KERNEL, from where apt-get leaves what
// it downloads, or from where it installs; or skips the test.
func findKernel(t *testing.T) kernelFiles {
	t.Helper()
	k := kernelFiles{ko: map[string][]byte{}}
	named := os.Getenv("TELLIJN_KERNEL")
	debs, _ := filepath.Glob("/var/cache/apt/archives/linux-image-*-arm64_*_arm64.deb")
	installed, _ := filepath.Glob("/boot/vmlinuz-*-arm64")
	var err error
	switch {
	case strings.HasSuffix(named, ".deb"):
		err = k.fromDeb(named)
	case named != "":
		err = k.fromFolder(named)
	case len(debs) > 0:
		err = k.fromDeb(debs[len(debs)-1])
	case len(installed) > 0:
		err = k.fromFolder("/")
	default:
		t.Skip("no Debian arm64 kernel; apt-get download linux-image-VERSION-arm64:arm64 and set TELLIJN_KERNEL to the file")
	}
	if err != nil {
		t.Fatal(err)
	}
	if k.vmlinuz == nil || k.ko["vivid"] == nil {
		t.Skipf("the kernel found (TELLIJN_KERNEL=%q) has no vivid: only Debian's has it", named)
	}
	return k
}

// take keeps one file of the package if it is needed.
func (k *kernelFiles) take(name string, r io.Reader) (err error) {
	base := path.Base(name)
	switch {
	case strings.HasPrefix(base, "vmlinuz-"):
		k.vmlinuz, err = io.ReadAll(r)
	case strings.Contains(name, "/kernel/drivers/") && strings.Contains(base, ".ko"):
		for _, part := range []string{"/media/common/", "/media/cec/", "/media/rc/rc-core", "/media/v4l2-core/", "/media/mc/", "/vivid/",
			"/usb/common/", "/usb/core/", "/usb/host/xhci", "/usb/uvc/"} {
			if strings.Contains(name, part) {
				var b []byte
				b, err = io.ReadAll(r)
				stem, _, _ := strings.Cut(base, ".ko")
				if strings.HasSuffix(base, ".xz") && err == nil {
					b, err = unxz(b)
				}
				k.ko[strings.ReplaceAll(stem, "-", "_")] = b
				break
			}
		}
	}
	return err
}

func unxz(b []byte) ([]byte, error) {
	c := exec.Command("xz", "-dc")
	c.Stdin = bytes.NewReader(b)
	return c.Output()
}

func (k *kernelFiles) fromDeb(deb string) error {
	c := exec.Command("dpkg-deb", "--fsys-tarfile", deb)
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	for r := tar.NewReader(out); ; {
		h, err := r.Next()
		if err == io.EOF {
			return c.Wait()
		}
		if err == nil && h.Typeflag == tar.TypeReg {
			err = k.take(h.Name, r)
		}
		if err != nil {
			c.Process.Kill()
			c.Wait()
			return fmt.Errorf("%s: %w", deb, err)
		}
	}
}

func (k *kernelFiles) fromFolder(root string) error {
	for _, dir := range []string{"boot", "lib/modules"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || !strings.Contains(p, "-arm64") {
				return err
			}
			f, err := os.Open(p)
			if err != nil {
				return err
			}
			defer f.Close()
			return k.take(p, f)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// modules gives the modules and what they depend on, named in the order of loading. What is not
// there is built into the kernel.
func (k *kernelFiles) modules(t *testing.T, names ...string) (files []file) {
	t.Helper()
	var order []string
	var visit func(string)
	visit = func(name string) {
		b := k.ko[name]
		if b == nil || slices.Contains(order, name) {
			return
		}
		for _, d := range depends(t, b) {
			visit(d)
		}
		order = append(order, name)
	}
	for _, name := range names {
		visit(name)
	}
	for i, n := range order {
		files = append(files, file{name: fmt.Sprintf("modules/%02d-%s.ko", i, n), data: k.ko[n], mode: 0o644})
	}
	return files
}

// depends reads the line "depends=" of a module.
func depends(t *testing.T, ko []byte) []string {
	t.Helper()
	e, err := elf.NewFile(bytes.NewReader(ko))
	if err != nil {
		t.Fatal(err)
	}
	info, err := e.Section(".modinfo").Data()
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.SplitSeq(info, []byte{0}) {
		if list, ok := strings.CutPrefix(string(line), "depends="); ok && list != "" {
			return strings.Split(strings.ReplaceAll(list, "-", "_"), ",")
		}
	}
	return nil
}

// file is one entry of the first file system.
type file struct {
	name string
	data []byte
	mode uint32
}

// archive packs an initramfs. (Linux, Documentation/driver-api/early-userspace/buffer-format.rst,
// "newc" format)
func archive(files []file) []byte {
	var b bytes.Buffer
	entry := func(name string, mode uint32, data []byte, major, minor int) {
		fmt.Fprintf(&b, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
			b.Len(), mode, 0, 0, 1, 0, len(data), 0, 0, major, minor, len(name)+1, 0)
		pad := func() { b.Write(make([]byte, -b.Len()&3)) }
		b.WriteString(name + "\x00")
		pad()
		b.Write(data)
		pad()
	}
	const folder, device = 0o040755, 0o020600
	for _, name := range []string{"dev", "proc", "sys", "tmp", "modules"} {
		entry(name, folder, nil, 0, 0)
	}
	entry("dev/console", device, nil, 5, 1) // the kernel opens it before anything is mounted
	entry("dev/null", device, nil, 1, 3)
	for _, f := range files {
		entry(f.name, 0o100000|f.mode, f.data, 0, 0)
	}
	entry("TRAILER!!!", 0, nil, 0, 0)
	return b.Bytes()
}
