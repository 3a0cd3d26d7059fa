package model

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"tellijn/boards/card"
	"tellijn/tools/fieldkit/fat"
)

// take reads the files that config.txt names.
func (f *Firmware) take(v *fat.FS, s *Start) error {
	text, err := v.ReadFile(card.ConfigTxt)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	set := parse(text, f.Board.Filters, s.Tryboot)
	for _, name := range []string{"os_prefix", "overlay_prefix", "upstream_kernel", "ramfsfile", "start_file", "include"} {
		if set.values[name] != "" {
			return fmt.Errorf("%s: %s, which the model does not know", card.ConfigTxt, name)
		}
	}
	read := func(name string) ([]byte, error) {
		s.Names = append(s.Names, name)
		return v.ReadFile(strings.TrimPrefix(name, "/"))
	}
	if err := f.blobs(v, set, s); err != nil {
		return err
	}
	if s.Kernel, err = f.kernel(set, read); err != nil {
		return err
	}
	initrds := set.initrds
	if initrds == nil {
		initrds = f.Board.Initrds
	}
	for _, name := range initrds {
		b, err := read(name)
		if err != nil {
			return err
		}
		s.Initrd = append(s.Initrd, b...)
	}
	if err := f.tree(v, set, s, read); err != nil {
		return err
	}
	name := card.Cmdline
	if given := set.values["cmdline"]; given != "" {
		name = given
	}
	line, err := read(name)
	if err != nil {
		return err
	}
	first, _, more := strings.Cut(strings.TrimRight(string(line), "\r\n"), "\n")
	if s.Cmdline = strings.TrimSpace(first); more {
		s.Warnings = append(s.Warnings, name+": only the first line counts")
	}
	if len(s.Cmdline) >= cmdlineMost {
		return fmt.Errorf("%s has %d bytes, a kernel takes %d", name, len(s.Cmdline), cmdlineMost-1)
	}
	return nil
}

// blobs looks for the firmware that the board runs before the kernel.
func (f *Firmware) blobs(v *fat.FS, set settings, s *Start) error {
	for _, name := range f.Board.Blobs {
		if set.values["gpu_mem"] == "16" { // "Boot folder contents", and memory options: gpu_mem
			if _, err := v.ReadFile(name); err != nil && name == f.Board.Blobs[0] {
				s.Warnings = append(s.Warnings, fmt.Sprintf("%v: a partition counts as bootable only with it (\"autoboot.txt\", boot_partition)", err))
			}
			stem, end, _ := strings.Cut(name, ".")
			if stem == strings.TrimRight(stem, "4") {
				stem += "_"
			}
			name = stem + "cd." + end
		}
		if b, err := v.ReadFile(name); err != nil || len(b) == 0 {
			return fmt.Errorf("%s has %d bytes: %w", name, len(b), errors.Join(err))
		}
	}
	return nil
}

// tree reads the device tree and notes the overlays. A board starts without an overlay that is missing.
func (f *Firmware) tree(v *fat.FS, set settings, s *Start, read func(string) ([]byte, error)) (err error) {
	s.Overlays = set.overlays
	for _, o := range s.Overlays {
		if b, err := v.ReadFile("overlays/" + o + ".dtbo"); err != nil || len(b) == 0 {
			s.Warnings = append(s.Warnings, fmt.Sprintf("overlay %q: %v", o, err))
		}
	}
	names := f.Board.Trees
	if given := set.values["device_tree"]; given != "" {
		names = []string{given}
	}
	for _, name := range names {
		if s.Tree, err = read(name); err == nil {
			if !bytes.HasPrefix(s.Tree, []byte{0xd0, 0x0d, 0xfe, 0xed}) {
				return fmt.Errorf("%s is no device tree", name)
			}
			return nil
		}
	}
	return err
}

// kernel reads the kernel and unpacks it.
func (f *Firmware) kernel(set settings, read func(string) ([]byte, error)) ([]byte, error) {
	name, wide := set.values["kernel"], f.Board.Wide
	if bits, ok := set.values["arm_64bit"]; ok {
		wide = bits != "0"
	} else if name == "kernel8.img" || name == "kernel_2712.img" { // the name alone says so ("arm_64bit")
		wide = true
	}
	if !wide {
		return nil, fmt.Errorf("%s has no arm_64bit=1: the kernel would be started in 32-bit mode", card.ConfigTxt)
	}
	if name == "" {
		name = f.Board.Kernel
	}
	b, err := read(name)
	if errors.Is(err, fs.ErrNotExist) && set.values["kernel"] == "" && name != "kernel8.img" {
		name = "kernel8.img" // the Pi 5 takes this one when it has no own
		b, err = read(name)
	}
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(b, []byte{0x1f, 0x8b}) { // RFC 1952 2.3.1
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err == nil {
			b, err = io.ReadAll(io.LimitReader(z, kernelMost+1))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	// Linux, Documentation/arch/arm64/booting.rst: magic at 56.
	if len(b) < 64 || len(b) > kernelMost || string(b[56:60]) != "ARM\x64" {
		return nil, fmt.Errorf("%s is no kernel for arm64 of at most %d bytes, but has %d", name, kernelMost, len(b))
	}
	return b, nil
}
