package initrd

import (
	"bytes"
	"debug/elf"
	"fmt"
	"strings"
)

// Modules gives the modules that are named, each behind those that it depends on, as files below modules/
// that are named in the order of loading. have gives the module of a name, in which hyphens are
// underscores; nil means that the kernel has it built in, an error that it has it not at all.
func Modules(have func(name string) ([]byte, error), names ...string) ([]File, error) {
	var files []File
	seen := map[string]bool{}
	var visit func(name string) error
	visit = func(name string) error {
		if seen[name] {
			return nil
		}
		seen[name] = true
		b, err := have(name)
		if b == nil || err != nil {
			return err
		}
		needs, err := depends(b)
		if err != nil {
			return fmt.Errorf("module %q: %w", name, err)
		}
		for _, d := range needs {
			if err := visit(d); err != nil {
				return fmt.Errorf("module %q needs another: %w", name, err)
			}
		}
		files = append(files, File{Name: fmt.Sprintf("modules/%02d-%s.ko", len(files), name), Data: b, Mode: 0o644})
		return nil
	}
	for _, name := range names {
		if err := visit(strings.ReplaceAll(name, "-", "_")); err != nil {
			return nil, fmt.Errorf("initrd: %w", err)
		}
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
