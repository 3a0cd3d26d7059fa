// Package card says how a card is laid out: which partition lies where, what the files on it are called,
// and how a device finds its own parts again. It is data that the tool that makes a card, the tool that
// writes it and the program that boots from it share; it opens nothing.
package card

// Sector is the unit of a partition table, in bytes.
const Sector = 512

// MiB is 2^20 bytes; every partition begins on one.
const MiB = 1 << 20

// Size of an image in bytes: a power of two, since emulated boards take no other card.
const Size = 512 * MiB

// Partition is one of the four of the table (MBR).
type Partition struct {
	Number int    // from 1
	Label  string // of its file system, at most 11 capital letters
	Start  int64  // in bytes
	Size   int64  // in bytes
	Type   byte   // in the table
}

// Types of partitions: 0x0C is FAT32 with block addresses, 0x83 Linux. (UEFI Forum and Linux, fdisk(8) list)
const (
	TypeFAT   = 0x0C
	TypeLinux = 0x83
)

// Start is the first partition: what the board's own firmware looks at first, and what belongs to this one
// device. SlotA and SlotB hold a system each, of which one is used. Data is what the device writes.
func Start() Partition { return Partition{1, "START", 4 * MiB, 60 * MiB, TypeFAT} }

// SlotA is the first system slot.
func SlotA() Partition { return Partition{2, "SLOTA", 64 * MiB, 96 * MiB, TypeFAT} }

// SlotB is the second system slot.
func SlotB() Partition { return Partition{3, "SLOTB", 160 * MiB, 96 * MiB, TypeFAT} }

// Data is the partition of the device's own files: a file system of DataSize, and behind it at Aside room
// for the whole of a damaged one that was set aside.
func Data() Partition { return Partition{4, "data", 256 * MiB, 254 * MiB, TypeLinux} }

// The parts of the data partition, in bytes from its start.
const (
	DataSize = 120 * MiB
	Aside    = 120 * MiB
)

// All are the partitions in order.
func All() []Partition { return []Partition{Start(), SlotA(), SlotB(), Data()} }

// SlotMost is how much a slot may hold, in bytes, so that updates stay small and two fit anywhere.
const SlotMost = 32 * MiB

// Files of the first partition.
const (
	Autoboot = "autoboot.txt" // at most 512 bytes; which slot is booted
	Device   = "device"       // the folder of this one device
	// Within the folder of the device.
	Config   = "config.toml"
	Approval = "approval.cose"
	Keys     = "keys.bin" // wiped once the device has taken them
	CA       = "ca.pem"
	Cert     = "device.pem"
	CertKey  = "device.key"
	WiFi     = "wifi.toml"
)

// Files of a slot.
const (
	ConfigTxt = "config.txt"
	Cmdline   = "cmdline.txt"
	Kernel    = "kernel8.img" // compressed with gzip
	Initrd    = "initrd.zst"  // compressed with zstd, which the kernels here unpack fastest
	Manifest  = "manifest.json"
	SBOM      = "sbom.cdx.json"
	Licences  = "licences"
)

// Places in the running device's file system.
const (
	BoardFile = "/etc-static/board" // the name of the board, in the first file system
	Pristine  = "/pristine.ext4.gz" // an empty data file system of DataSize
	Modules   = "/modules"          // kernel modules, named 00-name.ko and on in the order of loading
	Programs  = "/bin"              // warden (also /init), eye, courier, dialer, scout
	CardDir   = "/card"             // the first partition, read only
	DataDir   = "/data"             // the data file system
	OwnDir    = "/data/tellijn"     // -dir of the warden
)

// Argument is what the kernel's command line names the card by: the disk signature of its partition table
// (bytes 440 to 443), eight hex digits, as the kernel writes it in PARTUUIDs.
const Argument = "tellijn.card"
