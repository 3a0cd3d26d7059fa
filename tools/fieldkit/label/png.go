package label

import (
	"encoding/binary"
	"hash/crc32"
)

// header is how long a PNG is up to the end of its first chunk: signature, length, name, 13 bytes, sum
// (W3C, Portable Network Graphics, section 11.2.2).
const header = 8 + 4 + 4 + 13 + 4

// resolution puts the chunk pHYs behind the first one of a PNG, so that programs print it at its size.
func resolution(b []byte) []byte {
	perMetre := uint32(dpi * 10000 / 254) // dots an inch, rounded down
	c := binary.BigEndian.AppendUint32([]byte("pHYs"), perMetre)
	c = append(binary.BigEndian.AppendUint32(c, perMetre), 1) // 1 is metre
	out := binary.BigEndian.AppendUint32(append([]byte{}, b[:header]...), uint32(len(c)-4))
	out = binary.BigEndian.AppendUint32(append(out, c...), crc32.ChecksumIEEE(c))
	return append(out, b[header:]...)
}
