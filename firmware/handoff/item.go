package handoff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ItemKind says what the warden hands over. The numbers are those of firmware/queue and
// privacy/batch.
type ItemKind uint8

// The kinds of items.
const (
	ItemRecord   ItemKind = 1 // signed, of an interval
	ItemLog      ItemKind = 2 // signed, of the device log
	ItemEnvelope ItemKind = 3 // sealed, for another door of the room
)

// Bounds in bytes.
const (
	MaxItem     = 1024 // of an item
	MaxEnvelope = 768  // of an envelope, either way
)

// maxAt is 10000-01-01 in Unix seconds: five digits of a year.
const maxAt = 253_402_300_800

// Item is one thing on its way to the server. Kind, Boot and Sequence are its name: handing it over
// again does no harm, and what is to be sent again although it was sent needs another sequence.
type Item struct {
	Kind     ItemKind
	Boot     [16]byte
	Sequence uint32 // rising for each kind and boot
	// At is when it was made, in Unix seconds, if the warden believes its clock, else 0. The queue
	// tells by it how old things are; nobody looks into the item for that.
	At    int64
	Bytes []byte // 1 to MaxItem, of an envelope 1 to MaxEnvelope
}

// Layout, little endian: kind, boot, sequence, at, length, bytes.
const itemHead = 1 + 16 + 4 + 8 + 2

// MaxItemSize bounds what WriteItem writes, in bytes: less than a pipe takes at once or not at all.
const MaxItemSize = itemHead + MaxItem

func (it *Item) check() error {
	most := MaxItem
	if it.Kind == ItemEnvelope {
		most = MaxEnvelope
	}
	switch n := len(it.Bytes); {
	case it.Kind < ItemRecord || it.Kind > ItemEnvelope:
		return fmt.Errorf("%w: item of kind %d, want %d to %d", ErrInvalid, it.Kind, ItemRecord, ItemEnvelope)
	case it.Boot == [16]byte{}:
		return fmt.Errorf("%w: item of boot zero, want a random number", ErrInvalid)
	case it.At < 0 || it.At >= maxAt:
		return fmt.Errorf("%w: item made at %d, want Unix seconds or 0", ErrInvalid, it.At)
	case n < 1 || n > most:
		return fmt.Errorf("%w: item of %d bytes, want 1 to %d", ErrInvalid, n, most)
	}
	return nil
}

// WriteItem hands one item over with one write of at most MaxItemSize bytes. The error wraps
// ErrInvalid for an item that cannot be handed over.
func WriteItem(w io.Writer, it Item) error {
	if err := it.check(); err != nil {
		return err
	}
	b := make([]byte, 0, itemHead+len(it.Bytes))
	b = append(append(b, byte(it.Kind)), it.Boot[:]...)
	b = binary.LittleEndian.AppendUint32(b, it.Sequence)
	b = binary.LittleEndian.AppendUint64(b, uint64(it.At))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(it.Bytes)))
	if _, err := w.Write(append(b, it.Bytes...)); err != nil {
		return fmt.Errorf("handoff: item: %w", err)
	}
	return nil
}

// ReadItem receives one item. The error is io.EOF when the warden hung up between two items, and wraps
// ErrInvalid for what WriteItem would not have written.
func ReadItem(r io.Reader) (Item, error) {
	var head [itemHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return Item{}, io.EOF
		}
		return Item{}, fmt.Errorf("handoff: item: %w", err)
	}
	it := Item{Kind: ItemKind(head[0]), Sequence: binary.LittleEndian.Uint32(head[17:]), At: int64(binary.LittleEndian.Uint64(head[21:]))}
	copy(it.Boot[:], head[1:])
	// The length is checked before anything of that length is made.
	n := int(binary.LittleEndian.Uint16(head[29:]))
	if n > MaxItem {
		return Item{}, fmt.Errorf("%w: item of %d bytes, want 1 to %d", ErrInvalid, n, MaxItem)
	}
	it.Bytes = make([]byte, n)
	if _, err := io.ReadFull(r, it.Bytes); err != nil {
		return Item{}, fmt.Errorf("handoff: item: %w", unexpected(err))
	}
	return it, it.check()
}

// unexpected makes the end of a pipe in the middle of something an error of its own.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
