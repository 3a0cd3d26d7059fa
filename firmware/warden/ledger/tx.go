package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

// Tx is one transaction; it ends with the function that it was given to.
type Tx struct {
	l       *Ledger
	main    *bbolt.Bucket
	log     *bbolt.Bucket
	counts  counts
	changed bool  // counts
	err     error // the first of an inner call
}

func (l *Ledger) begun(b *bbolt.Tx) *Tx {
	tx := &Tx{l: l, main: b.Bucket([]byte(bucketMain)), log: b.Bucket([]byte(bucketLog))}
	// Keys of items only rise, so full pages are not split in halves.
	tx.main.FillPercent, tx.log.FillPercent = 0.9, 0.9
	tx.counts.read(tx.main.Get([]byte(keyCounts)))
	return tx
}

// finish ends a transaction that writes.
func (tx *Tx) finish() error {
	if tx.err == nil && tx.changed {
		tx.put(keyCounts, tx.counts.bytes())
	}
	return tx.err
}

// fail keeps the first error and gives it.
func (tx *Tx) fail(err error) error {
	if tx.err == nil {
		tx.err = err
	}
	return tx.err
}

func (tx *Tx) put(key string, b []byte) error {
	if err := tx.main.Put([]byte(key), b); err != nil {
		return tx.fail(fmt.Errorf("ledger: %w", err))
	}
	return nil
}

// Put keeps a piece of state of at most MaxState bytes under a name of 1 to MaxName bytes; it takes
// the place of what was there. State that did not change costs nothing.
func (tx *Tx) Put(name string, b []byte) error {
	if len(name) < 1 || len(name) > MaxName || len(b) > MaxState {
		return tx.fail(fmt.Errorf("%w: state %q of %d bytes, want a name of 1 to %d and at most %d bytes", ErrInvalid, name, len(b), MaxName, MaxState))
	}
	if old := tx.main.Get([]byte(keyState + name)); old != nil && bytes.Equal(old, b) {
		return nil
	}
	return tx.put(keyState+name, b)
}

// Get gives a copy of a piece of state, and whether there is one.
func (tx *Tx) Get(name string) ([]byte, bool) {
	b := tx.main.Get([]byte(keyState + name))
	return bytes.Clone(b), b != nil
}

// Delete forgets a piece of state; one that is not there is no error.
func (tx *Tx) Delete(name string) error {
	if err := tx.main.Delete([]byte(keyState + name)); err != nil {
		return tx.fail(fmt.Errorf("ledger: %w", err))
	}
	return nil
}

// Counts of the items since the file was made. Each is by kind; place 0 stays 0.
type Counts struct {
	Waiting [Kinds + 1]uint32 // in the outbox now
	Dropped [Kinds + 1]uint64 // pushed out before the courier had them
}

// Counts gives the counts as they are inside this transaction.
func (tx *Tx) Counts() Counts { return tx.counts.Counts }

// counts as they lie in the file: number of the newest item, then by kind how many wait and how many
// were dropped, big endian.
type counts struct {
	newest uint64
	Counts
}

func (c *counts) read(b []byte) {
	if len(b) != 8+12*Kinds {
		return
	}
	c.newest = binary.BigEndian.Uint64(b)
	for k := range Kinds {
		c.Waiting[k+1] = binary.BigEndian.Uint32(b[8+12*k:])
		c.Dropped[k+1] = binary.BigEndian.Uint64(b[12+12*k:])
	}
}

func (c *counts) bytes() []byte {
	b := binary.BigEndian.AppendUint64(nil, c.newest)
	for k := range Kinds {
		b = binary.BigEndian.AppendUint32(b, c.Waiting[k+1])
		b = binary.BigEndian.AppendUint64(b, c.Dropped[k+1])
	}
	return b
}
