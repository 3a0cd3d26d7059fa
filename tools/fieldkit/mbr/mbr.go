// Package mbr makes the first sector of a card: the table of partitions by boards/card, and the number by
// which a device finds its own card. There is no boot code in it, and it is never changed once written; the
// sector is made anew. It is for installers, outside the data path.
package mbr

import (
	"encoding/binary"
	"errors"
	"fmt"

	"tellijn/boards/card"
)

// ErrNone is wrapped when there is no table of ours.
var ErrNone = errors.New("mbr: not the table of a card")

// Places in the sector. (UEFI Specification 2.10, 5.2.1, table 5.1 and 5.2)
const (
	signature = 440
	table     = 446
	record    = 16
	mark      = 510
)

// Sector makes the sector. Signature is written to the kernel's command line too; 0 would mean none.
func Sector(signed uint32) []byte {
	b, le := make([]byte, card.Sector), binary.LittleEndian
	le.PutUint32(b[signature:], signed)
	for _, p := range card.All() {
		e := b[table+record*(p.Number-1):]
		// Cylinders, heads and sectors cannot name these places; the largest means: look at the blocks.
		copy(e, []byte{0, 0xFE, 0xFF, 0xFF, p.Type, 0xFE, 0xFF, 0xFF})
		le.PutUint32(e[8:], uint32(p.Start/card.Sector))
		le.PutUint32(e[12:], uint32(p.Size/card.Sector))
	}
	le.PutUint16(b[mark:], 0xAA55)
	return b
}

// Parse reads the signature of a card with our partitions. On any other card it wraps ErrNone.
func Parse(b []byte) (signed uint32, err error) {
	if len(b) != card.Sector || binary.LittleEndian.Uint16(b[mark:]) != 0xAA55 {
		return 0, fmt.Errorf("%w: no mark 55 aa at its end", ErrNone)
	}
	signed = binary.LittleEndian.Uint32(b[signature:])
	want := Sector(signed)
	for i := table; i < mark; i += record {
		if [record]byte(b[i:]) != [record]byte(want[i:]) {
			return 0, fmt.Errorf("%w: partition %d is %x, want %x", ErrNone, (i-table)/record+1, b[i:i+record], want[i:i+record])
		}
	}
	return signed, nil
}
