// Package fixed puts numbers at fixed places of a buffer and takes them out again. One description
// of a layout serves both ways, so writer and reader cannot disagree. It never allocates, never
// reads past the layout and knows nothing of what the numbers mean. The messages between the
// programs (orders, tallies, records, receipts) are laid out with it.
package fixed

import (
	"encoding/binary"
	"hash/crc32"
)

// Cursor walks through a buffer and either writes each value or reads it, little endian. A buffer
// that is too short for the layout is a mistake of the program, so sizes are constants and tested.
type Cursor struct {
	buf   []byte
	at    int
	write bool
}

// Writing returns a cursor that puts values into buf.
func Writing(buf []byte) Cursor { return Cursor{buf: buf, write: true} }

// Reading returns a cursor that takes values out of buf.
func Reading(buf []byte) Cursor { return Cursor{buf: buf} }

// At is the number of bytes walked so far.
func (c *Cursor) At() int { return c.at }

// next gives the place of the next n bytes.
func (c *Cursor) next(n int) []byte {
	b := c.buf[c.at : c.at+n]
	c.at += n
	return b
}

// Uint8 puts or takes one byte.
func (c *Cursor) Uint8(v *uint8) {
	b := c.next(1)
	if c.write {
		b[0] = *v
		return
	}
	*v = b[0]
}

// Uint16 puts or takes two bytes.
func (c *Cursor) Uint16(v *uint16) {
	b := c.next(2)
	if c.write {
		binary.LittleEndian.PutUint16(b, *v)
		return
	}
	*v = binary.LittleEndian.Uint16(b)
}

// Uint32 puts or takes four bytes.
func (c *Cursor) Uint32(v *uint32) {
	b := c.next(4)
	if c.write {
		binary.LittleEndian.PutUint32(b, *v)
		return
	}
	*v = binary.LittleEndian.Uint32(b)
}

// Int32 puts or takes four bytes, two's complement.
func (c *Cursor) Int32(v *int32) {
	u := uint32(*v)
	c.Uint32(&u)
	*v = int32(u)
}

// Uint64 puts or takes eight bytes.
func (c *Cursor) Uint64(v *uint64) {
	b := c.next(8)
	if c.write {
		binary.LittleEndian.PutUint64(b, *v)
		return
	}
	*v = binary.LittleEndian.Uint64(b)
}

// Bytes puts or takes len(v) bytes.
func (c *Cursor) Bytes(v []byte) {
	b := c.next(len(v))
	if c.write {
		copy(b, v)
		return
	}
	copy(v, b)
}

// Sum closes a layout with the CRC-32 (IEEE 802.3) of everything before it. It tells whether the
// sum is right, which it always is when writing. The sum is there against slips, not against
// somebody who means harm.
func (c *Cursor) Sum() bool {
	sum := crc32.ChecksumIEEE(c.buf[:c.at])
	was := sum
	c.Uint32(&was)
	return was == sum
}
