// Package handoff is the talk between warden and courier: items one way, receipts and what came from
// outside the other. Everything is bounded and checked at both ends. An item counts as handed over
// only when its receipt is back, which the courier sends after the item is on disk. Nothing in it
// touches frames, tallies or the network.
package handoff

import (
	"errors"
	"fmt"
	"io"

	"tellijn/privacy/wire/fixed"
)

// ErrInvalid is wrapped by errors about what came through a pipe, not about the pipe.
var ErrInvalid = errors.New("handoff: invalid")

// Kind says what a receipt is for.
type Kind uint8

// The kinds of receipts.
const (
	// Hello comes once when the queue is open; Tail is the newest record ever stored.
	Hello Kind = 1
	// Stored says that every record of Boot up to Sequence is on disk.
	Stored Kind = 2
	// Held says that the records in hand cannot be stored now, for want of room, and that the
	// courier goes on trying.
	Held Kind = 3
)

// Receipt is what the courier says.
type Receipt struct {
	Kind     Kind
	Boot     [16]byte
	Sequence uint32
	Tail     [32]byte
	Waiting  uint64 // records in the queue
	Dropped  uint64 // records pushed out because it was full
}

// Layout, little endian: magic, version, the fields, CRC-32.
const (
	magic       = 'T' | 'L'<<8 | 'R'<<16 | 'C'<<24
	version     = 1
	receiptSize = 79
)

func (r *Receipt) layout(c *fixed.Cursor) bool {
	m, v := uint32(magic), uint16(version)
	c.Uint32(&m)
	c.Uint16(&v)
	c.Uint8((*uint8)(&r.Kind))
	c.Bytes(r.Boot[:])
	c.Uint32(&r.Sequence)
	c.Bytes(r.Tail[:])
	c.Uint64(&r.Waiting)
	c.Uint64(&r.Dropped)
	return c.Sum() && m == magic && v == version
}

// WriteReceipt sends one receipt with one write.
func WriteReceipt(w io.Writer, r Receipt) error {
	var buf [receiptSize]byte
	c := fixed.Writing(buf[:])
	r.layout(&c)
	if _, err := w.Write(buf[:]); err != nil {
		return fmt.Errorf("handoff: receipt: %w", err)
	}
	return nil
}

// ReadReceipt receives one receipt. The error is io.EOF when the courier ended between two.
func ReadReceipt(r io.Reader) (Receipt, error) {
	var buf [receiptSize]byte
	if _, err := io.ReadFull(r, buf[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return Receipt{}, io.EOF
		}
		return Receipt{}, fmt.Errorf("handoff: receipt: %w", err)
	}
	var out Receipt
	c := fixed.Reading(buf[:])
	if !out.layout(&c) || out.Kind < Hello || out.Kind > Held {
		return Receipt{}, fmt.Errorf("%w: receipt with a wrong magic, version, kind or checksum", ErrInvalid)
	}
	return out, nil
}
