// Package data opens the file system in which a device keeps what it must not lose. One that is damaged
// beyond what its journal repairs is set aside on the card as it is, an empty one takes its place, and the
// files that can still be read are taken over, so that nobody has to come for it; a power cut at any moment
// of that leaves something with which the next start goes on. It knows no file by name and reads none for
// what is in it.
package data

import (
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// Layout of an ext4 super block. (Linux, Documentation/filesystems/ext4/super.rst: it begins 1024 bytes into
// the file system; s_magic at 0x38, s_state at 0x3A)
const (
	superAt    = 1024
	superSize  = 1024
	magicAt    = 0x38
	stateAt    = 0x3A
	superMagic = 0xEF53
	// Bits of s_state: 1 is "cleanly unmounted", 4 "orphans being recovered".
	stateErrors = 2
	// s_feature_incompat, of which 4 says that the journal is to be replayed; s_checksum, CRC-32C of all before.
	incompatAt      = 0x60
	incompatRecover = 4
	checksumAt      = 0x3FC
)

// Why is the reason for which a file system is set aside, in the order in which they are looked for.
type Why byte

// The reasons.
const (
	Sound   Why = iota
	NoSuper     // the super block is not one of ext4, or cannot be read
	Marked      // the kernel met errors in it and wrote that down
	NoMount     // it cannot be mounted
	NoRead      // folders or files of it cannot be read
)

// Note is a file, in the data file system, that tells the warden that this one is new, and in one byte
// why; InOwn is the same seen from the warden's directory. The warden enters it into the device's log and takes
// the file away.
const (
	Note  = "tellijn/" + InOwn
	InOwn = "warden/renewed"
)

// String gives the reason in words.
func (w Why) String() string {
	switch w {
	case Sound:
		return "nothing"
	case NoSuper:
		return "it has no super block"
	case Marked:
		return "the kernel met errors in it before"
	case NoMount:
		return "it cannot be mounted"
	case NoRead:
		return "not everything in it can be read"
	}
	return fmt.Sprintf("reason %d", byte(w))
}

// examine looks at the super block of a file system.
func examine(r io.ReaderAt) Why {
	var b [superSize]byte
	if _, err := r.ReadAt(b[:], superAt); err != nil || binary.LittleEndian.Uint16(b[magicAt:]) != superMagic {
		return NoSuper
	}
	if binary.LittleEndian.Uint16(b[stateAt:])&stateErrors != 0 {
		return Marked
	}
	return Sound
}

// lendMost is how many blocks an empty file system lends to a damaged one: that of the super block, and that of the
// group descriptors behind it.
const lendMost = 2

// lend writes the first blocks of an empty file system over those of a damaged one. Both were made alike, so
// they say the same of where everything lies; what was in the journal is to be replayed.
func lend(to io.WriterAt, pristine string, blocks int) error {
	if blocks == 0 {
		return nil
	}
	f, err := os.Open(pristine)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("data: %w", err)
	}
	b := make([]byte, blocks*grain)
	if _, err := io.ReadFull(z, b); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	super := b[superAt : superAt+superSize]
	features := binary.LittleEndian.Uint32(super[incompatAt:])
	binary.LittleEndian.PutUint32(super[incompatAt:], features|incompatRecover)
	// The kernel's CRC begins with all ones and is not turned over at the end.
	sum := ^crc32.Checksum(super[:checksumAt], crc32.MakeTable(crc32.Castagnoli))
	binary.LittleEndian.PutUint32(super[checksumAt:], sum)
	if _, err := to.WriteAt(b, 0); err != nil {
		return fmt.Errorf("data: %w", err)
	}
	return nil
}
