package vm

import (
	"bytes"
	"debug/elf"
	"fmt"
	"slices"
	"strings"
)

// File is one file of the guest's first file system.
type File struct {
	Name string // without a leading slash; the folders dev, proc, sys, tmp and modules exist
	Data []byte
	Mode uint32 // permission bits
}

// Modules gives the modules and what they depend on, as files below modules/ that are named in the
// order of loading. What the kernel does not bring is taken to be built in.
func (k *Kernel) Modules(names ...string) ([]File, error) {
	var order []string
	var visit func(string) error
	visit = func(name string) error {
		b := k.ko[name]
		if b == nil || slices.Contains(order, name) {
			return nil
		}
		needs, err := depends(b)
		if err != nil {
			return fmt.Errorf("vm: module %q: %w", name, err)
		}
		for _, d := range needs {
			if err := visit(d); err != nil {
				return err
			}
		}
		order = append(order, name)
		return nil
	}
	for _, name := range names {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	var files []File
	for i, n := range order {
		files = append(files, File{Name: fmt.Sprintf("modules/%02d-%s.ko", i, n), Data: k.ko[n], Mode: 0o644})
	}
	return files, nil
}

// depends reads the line "depends=" of a module.
func depends(ko []byte) ([]string, error) {
	e, err := elf.NewFile(bytes.NewReader(ko))
	if err != nil {
		return nil, err
	}
	section := e.Section(".modinfo")
	if section == nil {
		return nil, fmt.Errorf("no section .modinfo; is it a module?")
	}
	info, err := section.Data()
	if err != nil {
		return nil, err
	}
	for line := range bytes.SplitSeq(info, []byte{0}) {
		if list, ok := strings.CutPrefix(string(line), "depends="); ok && list != "" {
			return strings.Split(strings.ReplaceAll(list, "-", "_"), ","), nil
		}
	}
	return nil, nil
}

// Archive packs an initramfs. (Linux, Documentation/driver-api/early-userspace/buffer-format.rst,
// "newc" format)
func Archive(files []File) []byte {
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
		entry(f.Name, 0o100000|f.Mode, f.Data, 0, 0)
	}
	entry("TRAILER!!!", 0, nil, 0, 0)
	return b.Bytes()
}
