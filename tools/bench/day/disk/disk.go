// Package disk is a small block device with a file system of its own, and counts what is written to
// it: the figure that wears a card out, with everything that the file system writes beside the files. It
// needs root on Linux and mkfs.ext4; elsewhere it is absent. tools/bench/day keeps devices on it.
package disk

// Options of the mount as a card would have them. Both keep data before what points to it and write no
// times of reading.
const (
	// Usual leaves the journal's interval as it is, 5 s.
	Usual = "data=ordered,noatime"
	// sector is what /sys/block counts in, bytes: always 512, whatever the device has.
	sector = 512
	// block of the file system in bytes, as on anything larger than 512 MB.
	block = 4096
	// size of the device in bytes.
	size = 128 << 20
)
