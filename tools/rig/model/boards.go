package model

import (
	"fmt"
	"slices"

	"tellijn/boards/card"
)

// Board is one kind of board as its own firmware knows itself.
type Board struct {
	Name    string   // as in boards/
	Filters []string // of config.txt that it passes
	First   []string // files of the first partition that its boot program in ROM needs
	Needs   []string // files without which a partition is not bootable
	Blobs   []string // the firmware that runs before the kernel, as it is called if config.txt has no gpu_mem=16
	Trees   []string // device trees that it looks for, in this order, if config.txt names none
	Wide    bool     // starts a kernel in 64-bit mode unless it is told otherwise
	Kernel  string   // that it looks for in 64-bit mode, if config.txt names none
	Initrds []string // if config.txt names none
}

// Boards are all that the model knows. "virt" is the machine of QEMU, which has no firmware of its own: for
// it the model does what QEMU would be told by hand.
//
// Raspberry Pi documentation, "Conditional filters", "Boot folder contents" (start.elf and fixup.dat up to
// the Pi 3 and the Zero 2 W, start4.elf and fixup4.dat on the Pi 4, none on the Pi 5; with gpu_mem=16 those
// with "cd" in their names), "Raspberry Pi boot
// modes" (bootcode.bin from the first FAT partition up to the Pi 3 and the Zero 2 W; an EEPROM from the Pi 4
// on), "Boot options": kernel, arm_64bit.
func Boards() []Board {
	old, four := []string{"start.elf", "fixup.dat"}, []string{"start4.elf", "fixup4.dat"}
	five := []string{card.ConfigTxt}
	rom := []string{"bootcode.bin"}
	return []Board{
		{"rpi-zero-2w", []string{"pi0", "pi0w", "pi02"}, rom, nil, old, []string{"bcm2710-rpi-zero-2-w.dtb"}, false, "kernel8.img", nil},
		{"rpi-3b", []string{"pi3"}, rom, nil, old, []string{"bcm2710-rpi-3-b.dtb"}, false, "kernel8.img", nil},
		{"rpi-3b-plus", []string{"pi3", "pi3+"}, rom, nil, old, []string{"bcm2710-rpi-3-b-plus.dtb"}, false, "kernel8.img", nil},
		{"rpi-4b", []string{"pi4"}, nil, nil, four, []string{"bcm2711-rpi-4-b.dtb"}, true, "kernel8.img", nil},
		{"rpi-cm4", []string{"pi4", "cm4"}, nil, nil, four, []string{"bcm2711-rpi-cm4.dtb"}, true, "kernel8.img", nil},
		{"rpi-5", []string{"pi5"}, nil, five, nil, []string{"bcm2712-rpi-5-b.dtb"}, true, "kernel_2712.img", nil},
		{"virt", nil, nil, []string{card.Kernel}, nil, nil, true, card.Kernel, []string{card.Initrd}},
	}
}

// Lookup gives a board by name.
func Lookup(name string) (Board, error) {
	all := Boards()
	if i := slices.IndexFunc(all, func(b Board) bool { return b.Name == name }); i >= 0 {
		return all[i], nil
	}
	return Board{}, fmt.Errorf("model: no board %q; hint: tools/rig/model/boards.go lists them, and what its firmware looks for", name)
}
