// Package disk finds the card that this system was started from among the disks that the kernel sees: by
// the signature in its partition table, never by the name of a device, which depends on what else is plugged
// in. It reads the first sector of each disk and nothing more, and writes nothing.
package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Errors that a caller branches on.
var (
	// ErrAbsent is wrapped while no disk has the signature: it may still appear.
	ErrAbsent = errors.New("disk: not there")
	// ErrTwice is wrapped when several disks have it, as two cards of one image do: neither is taken, since
	// the wrong one would have the keys and the counts of another door.
	ErrTwice = errors.New("disk: more than one card with the same signature")
)

// Layout of the first sector. (UEFI specification 2.10, table 5.1, "Legacy MBR")
const (
	sector      = 512
	signatureAt = 440 // 4 bytes, little endian
	magicAt     = 510 // 55 AA
)

// Machine says where the kernel shows disks; the zero value of neither is usable.
type Machine struct {
	Sys string // such as /sys
	Dev string // such as /dev
}

// Signature reads the value of the kernel's argument: eight hex digits.
func Signature(text string) (uint32, error) {
	n, err := strconv.ParseUint(text, 16, 32)
	if err != nil || len(text) != 8 {
		return 0, fmt.Errorf("disk: signature %q, want eight hex digits", text)
	}
	return uint32(n), nil
}

// Argument gives the value of one argument of the kernel's command line, "" when there is none.
func Argument(cmdline, name string) string {
	for _, word := range strings.Fields(cmdline) {
		if value, ok := strings.CutPrefix(word, name+"="); ok {
			return value
		}
	}
	return ""
}

// Find gives the name of the one disk with this signature, such as mmcblk0. The error wraps ErrAbsent or
// ErrTwice; a disk that cannot be read counts as one without it.
func (m Machine) Find(signature uint32) (string, error) {
	entries, err := os.ReadDir(filepath.Join(m.Sys, "block"))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrAbsent, err)
	}
	var seen, found []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "loop") || strings.HasPrefix(e.Name(), "ram") {
			continue
		}
		seen = append(seen, e.Name())
		if at, ok := read(filepath.Join(m.Dev, e.Name())); ok && at == signature {
			found = append(found, e.Name())
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("%w: no disk with signature %08x among %d (%s)", ErrAbsent, signature, len(seen), strings.Join(seen, " "))
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%w: %08x on %s; take all but one out", ErrTwice, signature, strings.Join(found, " and "))
}

// read gives the signature of a disk that has a partition table.
func read(path string) (uint32, bool) {
	f, err := os.Open(path)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	var b [sector]byte
	if _, err := f.ReadAt(b[:], 0); err != nil || b[magicAt] != 0x55 || b[magicAt+1] != 0xAA {
		return 0, false
	}
	return binary.LittleEndian.Uint32(b[signatureAt:]), true
}

// Partition gives the path of a disk's partition of this number, which must have at least so many bytes.
// The error wraps ErrAbsent while the kernel has not made it.
func (m Machine) Partition(disk string, number int, least int64) (string, error) {
	found, _ := filepath.Glob(filepath.Join(m.Sys, "block", disk, "*", "partition"))
	for _, path := range found {
		if value(path) != int64(number) {
			continue
		}
		name := filepath.Base(filepath.Dir(path))
		// In sectors of 512 bytes whatever the disk has. (Linux, Documentation/ABI/stable/sysfs-block)
		if size := value(filepath.Join(filepath.Dir(path), "size")) * sector; size < least {
			return "", fmt.Errorf("disk: partition %d of %s has %d bytes, want %d; was the whole image written?", number, disk, size, least)
		}
		node := filepath.Join(m.Dev, name)
		if _, err := os.Stat(node); err != nil {
			return "", fmt.Errorf("%w: %w", ErrAbsent, err)
		}
		return node, nil
	}
	return "", fmt.Errorf("%w: partition %d of %s", ErrAbsent, number, disk)
}

// value reads a number of sysfs, -1 when it is none.
func value(path string) int64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return -1
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return -1
	}
	return n
}
