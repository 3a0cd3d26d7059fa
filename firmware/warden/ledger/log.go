package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// LogHead is where the log stands.
type LogHead struct {
	// Number of the newest entry, from 1 on; 0 when there is none.
	Number uint32
	// Hash is the SHA-256 of its signed bytes, zeros when there is none.
	Hash [32]byte
}

// Entry is one signed entry of the log.
type Entry struct {
	Number uint32
	Bytes  []byte
}

// spare entries beyond LogTail stay until all of them go at once: each time costs a page.
const spare = 32

// LogHead gives number and hash of the newest entry: what the next one must name.
func (tx *Tx) LogHead() (h LogHead) {
	if b := tx.main.Get([]byte(keyLog)); len(b) == 36 {
		h.Number = binary.BigEndian.Uint32(b)
		copy(h.Hash[:], b[4:])
	}
	return h
}

// Log keeps a signed entry, which must be the one after the newest, and gives the new head. The
// LogTail newest entries stay to be read out.
func (tx *Tx) Log(number uint32, signed []byte) (LogHead, error) {
	h := tx.LogHead()
	if number != h.Number+1 || number == 0 || len(signed) < 1 || len(signed) > MaxItem {
		return h, tx.fail(fmt.Errorf("%w: entry %d of %d bytes, want entry %d of 1 to %d", ErrInvalid, number, len(signed), h.Number+1, MaxItem))
	}
	if err := tx.log.Put(logKey(number), signed); err != nil {
		return h, tx.fail(fmt.Errorf("ledger: %w", err))
	}
	c := tx.log.Cursor()
	if k, _ := c.First(); len(k) == 8 && binary.BigEndian.Uint64(k)+LogTail+spare <= uint64(number) {
		for ; len(k) == 8 && binary.BigEndian.Uint64(k)+LogTail <= uint64(number); k, _ = c.First() {
			if err := c.Delete(); err != nil {
				return h, tx.fail(fmt.Errorf("ledger: %w", err))
			}
		}
	}
	next := LogHead{number, sha256.Sum256(signed)}
	return next, tx.put(keyLog, append(binary.BigEndian.AppendUint32(nil, number), next.Hash[:]...))
}

func logKey(n uint32) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// Entries gives up to n entries from a number on, oldest first; the oldest that are gone are passed
// over.
func (tx *Tx) Entries(from uint32, n int) []Entry {
	var all []Entry
	c := tx.log.Cursor()
	for k, v := c.Seek(logKey(from)); len(k) == 8 && len(all) < n; k, v = c.Next() {
		all = append(all, Entry{uint32(binary.BigEndian.Uint64(k)), bytes.Clone(v)})
	}
	return all
}
