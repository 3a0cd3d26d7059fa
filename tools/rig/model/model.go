// Package model does what the firmware of a Raspberry Pi does before Linux runs: it reads the partition
// table, finds the slot by autoboot.txt, and takes kernel, first file system, device tree and command line
// as config.txt says. Emulators do not run that firmware, so the rig starts them with what the model finds:
// a card that the model cannot boot is not booted. It is made from the documentation, never saw a board, and
// is stricter than one where that is silent. It changes no card and starts nothing. It is for the rig,
// outside the data path.
//
// Sources: Raspberry Pi documentation, "config.txt" (config_txt.html: "autoboot.txt", "Boot options",
// "Conditional filters", "File format") and "Fail-safe OS updates (tryboot)" (raspberry-pi.html).
package model

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"tellijn/boards/card"
	"tellijn/tools/fieldkit/fat"
)

// ErrNoBoot is wrapped when a board would not start this card: it would look for another one, blink, and
// never come up.
var ErrNoBoot = errors.New("model: the board does not boot this card")

// Firmware is the firmware of one board between two starts.
type Firmware struct {
	Board Board
	// Tryboot is the flag that "reboot 0 tryboot" sets. Each start takes it away, before anything is read.
	Tryboot bool
}

// Start is what is handed to the processor.
type Start struct {
	Partition int    // from 1
	Tryboot   bool   // the flag was set
	Kernel    []byte // not compressed
	Initrd    []byte // as on the card; nil for none
	Tree      []byte // nil for a board without
	Cmdline   string
	Overlays  []string // that were asked for, in order
	Names     []string // of the files that were read, for people
	Warnings  []string // what a board passes over and whoever made the card did not mean
}

// Bounds of what is read.
const (
	autobootMost = 512       // ("autoboot.txt")
	cmdlineMost  = 2048      // Linux, arch/arm64/include/uapi/asm/setup.h: COMMAND_LINE_SIZE
	kernelMost   = 256 << 20 // bytes when unpacked; a quarter of the least memory of any board but the Zero 2 W
)

// Start starts the board with a card. The error wraps ErrNoBoot.
func (f *Firmware) Start(r io.ReaderAt) (Start, error) {
	s := Start{Tryboot: f.Tryboot}
	f.Tryboot = false
	parts, err := table(r)
	if err == nil {
		err = f.slot(r, parts, &s)
	}
	if err != nil {
		return s, fmt.Errorf("%w: %s: %w", ErrNoBoot, f.Board.Name, err)
	}
	return s, nil
}

// table gives where each of the four partitions begins, 0 for one that holds no FAT.
func table(r io.ReaderAt) (at [4]int64, err error) {
	b := make([]byte, card.Sector)
	if _, err := r.ReadAt(b, 0); err != nil {
		return at, err
	}
	if b[510] != 0x55 || b[511] != 0xAA {
		return at, errors.New("no partition table, want 55 AA at its end")
	}
	for i := range at {
		e := b[446+16*i:]
		switch e[4] {
		case 0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E: // FAT12, FAT16, FAT32
			at[i] = int64(binary.LittleEndian.Uint32(e[8:])) * card.Sector
		}
	}
	return at, nil
}

// slot finds the partition and reads what is in it.
func (f *Firmware) slot(r io.ReaderAt, parts [4]int64, s *Start) error {
	at := slices.IndexFunc(parts[:], func(at int64) bool { return at > 0 })
	if at < 0 {
		return errors.New("no FAT partition")
	}
	first, err := fat.Open(r, parts[at])
	if err != nil {
		return fmt.Errorf("partition %d: %w", at+1, err)
	}
	for _, name := range f.Board.First {
		if _, err := first.ReadFile(name); err != nil {
			return fmt.Errorf("partition %d: %w", at+1, err)
		}
	}
	auto, err := first.ReadFile(card.Autoboot)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(auto) > autobootMost {
		return fmt.Errorf("%s has %d bytes, at most %d", card.Autoboot, len(auto), autobootMost)
	}
	set := parse(auto, nil, s.Tryboot)
	if s.Tryboot && set.values["tryboot_a_b"] != "1" {
		return fmt.Errorf("%s without tryboot_a_b=1: a trial would read tryboot.txt", card.Autoboot)
	}
	n, err := strconv.Atoi(set.values["boot_partition"])
	if text, ok := set.values["boot_partition"]; ok && (err != nil || n < 0 || n > 4) {
		return fmt.Errorf("%s: boot_partition=%s, want 0 to 4", card.Autoboot, text)
	}
	for i := range parts { // 0: the first that can be booted
		if n == 0 && parts[i] > 0 {
			if v, err := fat.Open(r, parts[i]); err == nil && f.bootable(v) == nil {
				n = i + 1
			}
		}
	}
	if n == 0 || parts[n-1] == 0 {
		return fmt.Errorf("boot_partition=%d is no FAT partition, or none can be booted", n)
	}
	s.Partition = n
	v, err := fat.Open(r, parts[n-1])
	if err == nil {
		err = f.bootable(v)
	}
	if err == nil {
		err = f.take(v, s)
	}
	if err != nil {
		return fmt.Errorf("partition %d: %w", n, err)
	}
	return nil
}

func (f *Firmware) bootable(v *fat.FS) error {
	for _, name := range f.Board.Needs {
		if _, err := v.ReadFile(name); err != nil {
			return err
		}
	}
	if len(f.Board.Blobs) == 0 {
		return nil
	}
	name := f.Board.Blobs[0]
	stem, end, _ := strings.Cut(name, ".")
	_, err := v.ReadFile(name)
	if _, small := v.ReadFile(strings.TrimRight(stem, "4") + "_cd." + end); err != nil && small == nil {
		return nil // whether a board takes it is doubtful: blobs warns
	}
	if _, small := v.ReadFile(stem + "cd." + end); err != nil && small == nil {
		return nil
	}
	return err
}
