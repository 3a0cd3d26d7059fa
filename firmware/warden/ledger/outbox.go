package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Item is one thing on its way to the courier.
type Item struct {
	// Number is its place in the outbox, rising and never given twice, given by Add.
	Number uint64
	// Kind, Boot and Sequence name the item.
	Kind     uint8
	Boot     [16]byte
	Sequence uint32
	// Bytes are the item, 1 to MaxItem of them.
	Bytes []byte
}

// headSize of an item in the file: kind, boot, sequence.
const headSize = 1 + 16 + 4

func itemKey(n uint64) []byte { return binary.BigEndian.AppendUint64([]byte(keyItem), n) }

// Add puts an item behind all others. One that waits already, by its name, is passed over; with
// other bytes it is ErrInvalid. When too many of its kind wait the oldest of the kind goes and is
// counted.
func (tx *Tx) Add(it Item) error {
	if it.Kind < 1 || it.Kind > Kinds || len(it.Bytes) < 1 || len(it.Bytes) > MaxItem {
		return tx.fail(fmt.Errorf("%w: item of kind %d and %d bytes, want 1 to %d and 1 to %d", ErrInvalid, it.Kind, len(it.Bytes), Kinds, MaxItem))
	}
	value := append([]byte{it.Kind}, it.Boot[:]...)
	value = binary.BigEndian.AppendUint32(value, it.Sequence)
	value = append(value, it.Bytes...)
	c := tx.main.Cursor()
	// Forwards: backwards a cursor stops at a page that this transaction has emptied.
	for k, v := c.Seek(itemKey(0)); isItem(k, v); k, v = c.Next() {
		if !bytes.Equal(v[:headSize], value[:headSize]) {
			continue
		}
		if !bytes.Equal(v, value) {
			return tx.fail(fmt.Errorf("%w: item of kind %d and sequence %d waits with other bytes", ErrInvalid, it.Kind, it.Sequence))
		}
		return nil
	}
	tx.counts.newest++
	tx.counts.Waiting[it.Kind]++
	tx.changed = true
	if err := tx.put(string(itemKey(tx.counts.newest)), value); err != nil {
		return err
	}
	over := int(tx.counts.Waiting[it.Kind]) - tx.l.opts.MaxEach
	if over <= 0 {
		return nil
	}
	gone, err := tx.remove(func(_ uint64, kind uint8, gone int) (take, more bool) {
		return kind == it.Kind && gone < over, gone < over
	})
	tx.counts.Dropped[it.Kind] += uint64(gone)
	return err
}

func isItem(k, v []byte) bool {
	return len(k) == 9 && k[0] == keyItem[0] && len(v) > headSize && v[0] >= 1 && v[0] <= Kinds
}

// remove goes through the items from the oldest on and takes out those that which wants.
func (tx *Tx) remove(which func(number uint64, kind uint8, gone int) (take, more bool)) (gone int, err error) {
	c := tx.main.Cursor()
	for k, v := c.Seek(itemKey(0)); isItem(k, v); {
		kind := v[0]
		take, more := which(binary.BigEndian.Uint64(k[1:]), kind, gone)
		if !more {
			break
		}
		if !take {
			k, v = c.Next()
			continue
		}
		k = bytes.Clone(k)
		if err := c.Delete(); err != nil {
			return gone, tx.fail(fmt.Errorf("ledger: %w", err))
		}
		gone++
		tx.counts.Waiting[kind] -= min(tx.counts.Waiting[kind], 1)
		tx.changed = true
		k, v = c.Seek(k) // the cursor does not say where it stands after Delete
	}
	return gone, nil
}

// Free takes out every item up to and including number: the courier has them on disk. It gives how
// many went. Freed within the next Update that has something to store it writes next to nothing.
func (tx *Tx) Free(upto uint64) (int, error) {
	return tx.remove(func(number uint64, _ uint8, _ int) (bool, bool) { return number <= upto, number <= upto })
}

// Items gives up to n items that come after number, oldest first.
func (tx *Tx) Items(after uint64, n int) []Item {
	var items []Item
	if after == 1<<64-1 {
		return nil
	}
	c := tx.main.Cursor()
	for k, v := c.Seek(itemKey(after + 1)); isItem(k, v) && len(items) < n; k, v = c.Next() {
		it := Item{Number: binary.BigEndian.Uint64(k[1:]), Kind: v[0], Sequence: binary.BigEndian.Uint32(v[17:]),
			Bytes: bytes.Clone(v[headSize:])}
		copy(it.Boot[:], v[1:])
		items = append(items, it)
	}
	return items
}
