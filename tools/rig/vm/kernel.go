package vm

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"tellijn/hal"
)

// Kernel is a kernel for arm64 and its modules around cameras.
type Kernel struct {
	// From is the package or the folder that it was read from.
	From    string
	vmlinuz []byte
	ko      map[string][]byte // by name without path and ending
}

// FindKernel takes the Debian kernel for arm64 from TELLIJN_KERNEL (a .deb, or a folder it was
// unpacked to), from .cache below root, from where apt-get leaves what it downloads, or from where it
// installs. If there is none the error wraps hal.ErrAbsent.
func FindKernel(root string) (*Kernel, error) {
	from := os.Getenv("TELLIJN_KERNEL")
	const name = "linux-image-*-arm64_*_arm64.deb"
	for _, pattern := range []string{filepath.Join(root, ".cache", name), "/var/cache/apt/archives/" + name} {
		if found, _ := filepath.Glob(pattern); from == "" && len(found) > 0 {
			from = found[len(found)-1]
		}
	}
	if found, _ := filepath.Glob("/boot/vmlinuz-*-arm64"); from == "" && len(found) > 0 {
		from = "/"
	}
	if from == "" {
		return nil, fmt.Errorf("vm: no Debian kernel for arm64: %w; apt-get download linux-image-VERSION-arm64:arm64 "+
			"and set TELLIJN_KERNEL to the file", hal.ErrAbsent)
	}
	k := &Kernel{From: from, ko: map[string][]byte{}}
	read := k.fromFolder
	if strings.HasSuffix(from, ".deb") {
		read = k.fromDeb
	}
	if err := read(from); err != nil {
		return nil, fmt.Errorf("vm: reading the kernel of %q: %w", from, err)
	}
	if k.vmlinuz == nil {
		return nil, fmt.Errorf("vm: no kernel in %q: %w; TELLIJN_KERNEL wants a Debian linux-image package or a folder with boot/ and lib/modules/",
			from, hal.ErrAbsent)
	}
	return k, nil
}

// BoardKernel takes the kernel of the boards from the cache of Go modules, into which the go command brings it if
// need be: version is that of github.com/gokrazy/kernel.rpi. It boots in a virt too. Its modules are not read. If
// it cannot be had the error wraps hal.ErrAbsent.
func BoardKernel(version string) (*Kernel, error) {
	const module = "github.com/gokrazy/kernel.rpi"
	c := exec.Command("go", "mod", "download", "-json", module+"@"+version)
	c.Dir, c.Env = os.TempDir(), append(os.Environ(), "GOFLAGS=-modcacherw")
	out, err := c.Output()
	var has struct{ Dir, Error string }
	if bad := json.Unmarshal(out, &has); bad != nil || has.Dir == "" {
		return nil, fmt.Errorf("vm: no kernel %s of version %s: %w: %s (%v)", module, version, hal.ErrAbsent, has.Error, err)
	}
	k := &Kernel{From: has.Dir, ko: map[string][]byte{}}
	if k.vmlinuz, err = os.ReadFile(filepath.Join(has.Dir, "vmlinuz")); err != nil {
		return nil, fmt.Errorf("vm: reading the kernel of %q: %w", has.Dir, err)
	}
	return k, nil
}

// Program is the kernel itself, as it is started.
func (k *Kernel) Program() []byte { return k.vmlinuz }

// Has tells whether the kernel brings a module; what is built in, it does not bring.
func (k *Kernel) Has(module string) bool { return k.ko[module] != nil }

// take keeps one file of the package if it is needed.
func (k *Kernel) take(name string, r io.Reader) (err error) {
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

func (k *Kernel) fromDeb(deb string) error {
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
		if errors.Is(err, io.EOF) {
			io.Copy(io.Discard, out) // what pads the archive, or dpkg-deb writes into a closed pipe
			return c.Wait()
		}
		if err == nil && h.Typeflag == tar.TypeReg {
			err = k.take(h.Name, r)
		}
		if err != nil {
			c.Process.Kill()
			c.Wait()
			return err
		}
	}
}

func (k *Kernel) fromFolder(root string) error {
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
