// Package fat writes and reads the FAT32 file systems of a card: those that the board's own firmware looks
// at. What it writes depends on its arguments alone, byte for byte, with every date 1980-01-01. It never
// changes a file system that is there; one is written anew, as a whole. Its reader takes any FAT32, also a
// damaged or hostile one, within bounds. It is for installers, outside the data path.
//
// Numbers of pages are those of Microsoft, "FAT32 File System Specification", version 1.03 (2000).
package fat

import (
	"encoding/binary"
	"fmt"
)

// File is one file to be written, or that was read.
type File struct {
	// Path is slash-separated, relative, and keeps its capital and small letters; folders come into being
	// by it. FAT takes two names that differ only in these for the same one.
	Path string
	Data []byte
}

const (
	sector     = 512
	entrySize  = 32
	fewest     = 65525   // clusters; with fewer, readers take it for FAT16 (page 14)
	most       = 1 << 28 // clusters and the two entries that are none
	endOfChain = 0x0FFFFFFF
	longest    = 255     // characters of a name
	deepest    = 16      // folders within folders
	folderSize = 2 << 20 // bytes of a folder: 65,536 entries (page 33)
)

// Attributes of an entry (page 23).
const (
	attrLabel  = 0x08
	attrFolder = 0x10
	attrFile   = 0x20 // not archived yet, as any other system sets it
	attrLong   = 0x0F // read only, hidden, system and label: part of a long name
)

// Shape is how a file system lies within its partition. Everything is in sectors of 512 bytes.
type shape struct {
	total      uint32
	reserved   uint32 // in front of the tables
	perTable   uint32
	tables     uint32
	perCluster uint32
	clusters   uint32
	root       uint32 // first cluster of the root folder
}

// data is the sector where the first cluster, which has the number 2, begins.
func (s shape) data() int64 { return int64(s.reserved) + int64(s.tables)*int64(s.perTable) }

// at is the byte where a cluster begins.
func (s shape) at(cluster uint32) int64 {
	return (s.data() + int64(cluster-2)*int64(s.perCluster)) * sector
}

// cluster is the size of a cluster in bytes.
func (s shape) cluster() int64 { return int64(s.perCluster) * sector }

// fit chooses the shape for a partition of size bytes: the largest clusters that leave enough of them to be
// FAT32, and the first of them on a multiple of 4 KiB, as cards like it.
func fit(size int64) (shape, error) {
	if size%sector != 0 || size/sector >= 1<<32 {
		return shape{}, fmt.Errorf("fat: size %d, want a multiple of %d below 2 TiB", size, sector)
	}
	for per := uint32(64); per > 0; per /= 2 {
		s := shape{total: uint32(size / sector), tables: 2, perCluster: per, root: 2}
		s.perTable = uint32((int64(s.total/per)+2)*4/sector) + 1
		s.reserved = 32 + -(32+2*s.perTable)&7
		if s.data() < int64(s.total) {
			s.clusters = uint32((int64(s.total) - s.data()) / int64(per))
		}
		if s.clusters >= fewest+16 && s.clusters < most-16 { // keep away from the border (page 15)
			return s, nil
		}
	}
	return shape{}, fmt.Errorf("fat: size %d, want 34 MiB or more; FAT32 needs %d clusters", size, fewest)
}

// boot makes the boot sector (pages 9 to 12). start is where the partition begins on the card, in sectors.
func (s shape) boot(start uint32, label [11]byte, serial uint32) []byte {
	b, le := make([]byte, sector), binary.LittleEndian
	copy(b, "\xEB\x58\x90tellijn ")
	le.PutUint16(b[11:], sector)
	b[13] = byte(s.perCluster)
	le.PutUint16(b[14:], uint16(s.reserved))
	b[16] = byte(s.tables)
	b[21] = 0xF8 // of a fixed medium
	le.PutUint16(b[24:], 63)
	le.PutUint16(b[26:], 255)
	le.PutUint32(b[28:], start)
	le.PutUint32(b[32:], s.total)
	le.PutUint32(b[36:], s.perTable)
	le.PutUint32(b[44:], s.root)
	le.PutUint16(b[48:], infoSector)
	le.PutUint16(b[50:], backup)
	b[64], b[66] = 0x80, 0x29
	le.PutUint32(b[67:], serial)
	copy(b[71:], label[:])
	copy(b[82:], "FAT32   ")
	le.PutUint16(b[510:], 0xAA55)
	return b
}

// Sectors with a fixed place.
const (
	infoSector = 1
	backup     = 6 // of the boot sector and what follows it
)

// info makes the sector that says how much is free (page 21).
func (s shape) info(used uint32) []byte {
	b, le := make([]byte, sector), binary.LittleEndian
	le.PutUint32(b, 0x41615252)
	le.PutUint32(b[484:], 0x61417272)
	le.PutUint32(b[488:], s.clusters-used)
	le.PutUint32(b[492:], 2+used)
	le.PutUint32(b[508:], 0xAA550000)
	return b
}

// parse reads a boot sector and refuses what cannot be.
func parse(b []byte) (s shape, label string, serial uint32, err error) {
	le := binary.LittleEndian
	bad := func(what string, got any, want string) error {
		return fmt.Errorf("fat: %s %v, want %s; is this a partition with FAT32?", what, got, want)
	}
	if le.Uint16(b[510:]) != 0xAA55 {
		return s, "", 0, bad("signature", fmt.Sprintf("%04x", le.Uint16(b[510:])), "aa55")
	}
	if le.Uint16(b[11:]) != sector {
		return s, "", 0, bad("sector size", le.Uint16(b[11:]), "512")
	}
	if le.Uint16(b[17:]) != 0 || le.Uint16(b[19:]) != 0 || le.Uint16(b[22:]) != 0 {
		return s, "", 0, bad("tables of", "FAT12 or FAT16", "FAT32")
	}
	s = shape{total: le.Uint32(b[32:]), reserved: uint32(le.Uint16(b[14:])), perTable: le.Uint32(b[36:]),
		tables: uint32(b[16]), perCluster: uint32(b[13]), root: le.Uint32(b[44:])}
	if s.perCluster == 0 || s.perCluster&(s.perCluster-1) != 0 {
		return s, "", 0, bad("sectors per cluster", s.perCluster, "a power of two")
	}
	if s.reserved == 0 || s.tables == 0 || s.perTable == 0 || s.data() >= int64(s.total) {
		return s, "", 0, bad("places of the tables", fmt.Sprint(s.reserved, s.tables, s.perTable), "some that lie within it")
	}
	clusters := min((int64(s.total)-s.data())/int64(s.perCluster), int64(s.perTable)*sector/4-2, most)
	if clusters < 1 {
		return s, "", 0, bad("clusters", clusters, "some")
	}
	s.clusters = uint32(clusters)
	if !s.holds(s.root) {
		return s, "", 0, bad("root folder at cluster", s.root, "one that exists")
	}
	return s, trimmed(b[71:82]), le.Uint32(b[67:]), nil
}

// holds tells whether a cluster exists.
func (s shape) holds(cluster uint32) bool { return cluster >= 2 && cluster-2 < s.clusters }
