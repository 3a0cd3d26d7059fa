// Package boot starts an emulated board with the image of a card, as it is: tools/rig/model finds what the
// board's own firmware would start, and tools/rig/vm starts that, in a machine whose lines have the names
// that the board's have. Behind the line that switches the camera hangs a camera that is plugged in only
// while the line is high; the line that reads the supply back, the status lamp and the button work too. What the
// emulation needs beside what is on the card is added to the command line, and said. It is for the rig,
// outside the data path.
package boot

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"tellijn/boards"
	"tellijn/boards/recipe"
	"tellijn/hal/camera/v4l2/usbcam"
	"tellijn/tools/rig/model"
	"tellijn/tools/rig/vm"
)

// Options say what to boot.
type Options struct {
	Board string // whose image it is
	// Card is the path of the image. It is not changed unless Keep is set.
	Card string
	Keep bool
	// Emulated is the machine of QEMU, virt or raspi3b; "" means virt, which is the quicker one.
	Emulated string
	// Tryboot sets the flag that a board's own firmware keeps over one restart.
	Tryboot bool
	// Camera gives the camera that hangs behind the switch, anew each time it is switched on; nil for none.
	Camera func() *usbcam.Camera
	// Wire is the path of the network's socket (tools/rig/segment), "" for none.
	Wire string
	// Clock is what the real-time clock begins with; "" means now.
	Clock string
	// Words are put behind the kernel's command line, for a control that has to find something.
	Words string
	// NoClock takes the real-time clock away, and NoWatchdog the watchdog.
	NoClock, NoWatchdog bool
	// Memory in MiB; 0 means 512, as much as the smallest board has.
	Memory int
	// Disk is what the machine has for a card instead of Card, such as a server that fails (vm.Options.Disk).
	Disk string
	// Locked is a card that can only be read, and says so.
	Locked bool
	// Limit bounds the life of the machine; 0 means 4 minutes.
	Limit time.Duration
	// Say gets a line for each thing that happens outside of the machine; nil for nobody.
	Say func(string)
}

// Machine is a running board. Call End.
type Machine struct {
	*vm.Machine
	Start model.Start
	Bench *Bench // nil on a machine without lines
}

// Boot starts it. A card that a board would not start is an error that wraps model.ErrNoBoot; a program that
// is missing here one that wraps hal.ErrAbsent.
func Boot(ctx context.Context, o Options) (*Machine, error) {
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Memory == 0 {
		o.Memory = 512
	}
	if o.Disk == "" {
		o.Disk = o.Card
	}
	b, err := boards.Lookup(o.Board)
	if err != nil {
		return nil, err
	}
	start, err := pick(o)
	if err != nil {
		return nil, err
	}
	o.Say(fmt.Sprintf("partition %d: %s", start.Partition, strings.Join(start.Names, ", ")))
	for _, w := range start.Warnings {
		o.Say("warning: " + w)
	}
	v := vm.Options{Board: o.Emulated, Disk: o.Disk, Locked: o.Locked, Keep: o.Keep, Wire: o.Wire, Clock: o.Clock, Memory: o.Memory, Limit: o.Limit,
		Socket: o.Camera != nil, Watchdog: !o.NoWatchdog, Start: &vm.Start{Kernel: start.Kernel, Initrd: start.Initrd, Tree: start.Tree}}
	line, left, added := cmdline(start.Cmdline, o.Emulated, o.Words)
	v.Start.Append = line
	o.Say("command line: " + start.Cmdline)
	o.Say("left out for the emulation: " + strings.Join(left, " "))
	o.Say("added for the emulation: " + strings.Join(added, " "))
	if o.Emulated != "raspi3b" {
		if v.Start.Tree, err = virtTree(ctx, &b, o); err != nil {
			return nil, err
		}
	}
	m := &Machine{Start: start}
	if m.Machine, err = vm.Boot(ctx, v); err != nil {
		return nil, err
	}
	if o.Emulated == "raspi3b" {
		if o.Camera != nil { // no line to follow: its switch is always closed
			err = m.Plug(o.Camera())
		}
	} else {
		m.Bench, err = newBench(m.Machine, &b.Parts, o)
	}
	if err != nil {
		m.End()
		return nil, err
	}
	return m, nil
}

// pick lets the board's firmware read the card.
func pick(o Options) (model.Start, error) {
	f, err := os.Open(o.Card)
	if err != nil {
		return model.Start{}, fmt.Errorf("boot: %w", err)
	}
	defer f.Close()
	mb, err := model.Lookup(o.Board)
	if err != nil {
		return model.Start{}, err
	}
	firmware := model.Firmware{Board: mb, Tryboot: o.Tryboot}
	return firmware.Start(f)
}

// cmdline is that of the card with what an emulated board needs: its own console in place of the board's
// (a console that is not there keeps one that is from being used: kernel/printk/printk.c,
// try_enable_preferred_console), and all that the kernel says. On a raspi3b the chip's watchdog, which resets it at
// once, and the mailbox to the graphics processor, which QEMU does not have, must not be touched.
func cmdline(text, emulated, words string) (line string, left, added []string) {
	var all []string
	for _, word := range strings.Fields(text) {
		if strings.HasPrefix(word, "console=") {
			left = append(left, word)
		} else {
			all = append(all, word)
		}
	}
	added = []string{"console=ttyAMA0", "loglevel=7"}
	if emulated == "raspi3b" {
		added = []string{"console=ttyS0,115200", "loglevel=7", "initcall_blacklist=bcm2835_wdt_driver_init,vchiq_driver_init"}
	}
	added = append(added, strings.Fields(words)...)
	return strings.Join(append(all, added...), " "), left, added
}

// Known gives the boards whose images can be booted.
func Known() []string {
	var names []string
	for _, b := range model.Boards() {
		if _, err := recipe.Lookup(b.Name); err == nil {
			names = append(names, b.Name)
		}
	}
	slices.Sort(names)
	return names
}
