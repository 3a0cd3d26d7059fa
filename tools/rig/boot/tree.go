package boot

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"tellijn/boards"
	"tellijn/boards/plan"
	"tellijn/hal"
	"tellijn/tools/rig/tree"
)

// chip is the one that has the lines of a virt, where its registers are, and its clock.
// (QEMU, hw/arm/virt.c, base_memmap; ARM DDI 0190B, PL061)
const (
	chipNode  = "/pl061@9030000"
	clockNode = "/pl031@9010000"
)

// virtTree is QEMU's own device tree with the name of the board and the names of its lines. Nothing else of
// the board is there: what the kernel drives is QEMU's.
func virtTree(ctx context.Context, b *boards.Board, o Options) ([]byte, error) {
	dir, err := os.MkdirTemp("", "tree")
	if err != nil {
		return nil, fmt.Errorf("boot: %w", err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "dtb")
	qemu, err := exec.LookPath("qemu-system-aarch64")
	if err != nil {
		return nil, fmt.Errorf("boot: no qemu-system-aarch64: %w; install qemu-system-arm", hal.ErrAbsent)
	}
	// As vm.Boot calls it, for the processors and the memory that the tree names.
	c := exec.CommandContext(ctx, qemu, "-M", "virt,dumpdtb="+path, "-cpu", "cortex-a53", "-smp", "2", "-m", fmt.Sprint(o.Memory), "-nodefaults", "-nographic")
	if out, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("boot: qemu's device tree: %w: %s", err, out)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("boot: %w", err)
	}
	root, err := tree.Parse(raw)
	if err != nil {
		return nil, err
	}
	chip := root.Find(chipNode)
	if chip == nil {
		return nil, fmt.Errorf("boot: qemu's device tree has no %s", chipNode)
	}
	var names [chipLines]string
	for line, l := range wired(&b.Parts) {
		names[line] = l.Line
	}
	chip.Set("gpio-line-names", tree.Texts(names[:]...))
	if len(b.Compatible) > 0 {
		root.Set("compatible", tree.Texts(append(b.Compatible[:len(b.Compatible):len(b.Compatible)], "linux,dummy-virt")...))
	}
	if clock := root.Find(clockNode); clock != nil && o.NoClock {
		clock.Set("status", tree.Texts("disabled"))
	}
	return root.Bytes(), nil
}

// chipLines is how many lines the chip has. QEMU's own power button hangs on one (hw/arm/virt.c,
// create_gpio_keys).
const (
	chipLines = 8
	powerLine = 3
)

// wired tells which part hangs on which line of the chip.
func wired(p *plan.Parts) map[int]plan.PartLine {
	all, at := map[int]plan.PartLine{}, 0
	for _, l := range p.Lines() {
		if l.Line == "" {
			continue
		}
		if at == powerLine {
			at++
		}
		all[at] = l
		at++
	}
	return all
}
