package vm

import (
	"fmt"

	"tellijn/tools/fieldkit/initrd"
)

// File is one file of the guest's first file system.
type File struct {
	Name string // without a leading slash; the folders dev, proc, sys, tmp and modules exist
	Data []byte
	Mode uint32 // permission bits
}

// Modules gives the modules and what they depend on, as files below modules/ that are named in the
// order of loading. What the kernel does not bring is taken to be built in.
func (k *Kernel) Modules(names ...string) (files []File, err error) {
	all, err := initrd.Modules(func(name string) ([]byte, error) { return k.ko[name], nil }, names...)
	if err != nil {
		return nil, fmt.Errorf("vm: %w", err)
	}
	for _, f := range all {
		files = append(files, File{f.Name, f.Data, f.Mode})
	}
	return files, nil
}

// Archive packs the first file system. It panics when a name is no path or is there twice, which only who
// calls it can cause.
func Archive(files []File) []byte {
	all := make([]initrd.File, len(files))
	for i, f := range files {
		all[i] = initrd.File{Name: f.Name, Data: f.Data, Mode: f.Mode}
	}
	b, err := initrd.Pack(all, "proc", "sys", "tmp", "modules")
	if err != nil {
		panic(err)
	}
	return b
}
