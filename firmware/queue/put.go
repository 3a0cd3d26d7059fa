package queue

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

// Kind says what an item is. The numbers are those of firmware/handoff and privacy/batch.
type Kind uint8

// The kinds of items.
const (
	Record   Kind = 1 // of an interval, signed
	Log      Kind = 2 // an entry of the device log, signed
	Envelope Kind = 3 // for another door of the room, sealed
)

// Item is one thing on its way into or out of the queue.
type Item struct {
	// Number is the place in the queue, rising, given by Put. It is the key for Settle.
	Number uint64
	// Kind, Boot and Sequence name the item; the queue takes each name once. What is to be sent
	// again although it was taken needs another sequence.
	Kind     Kind
	Boot     [16]byte
	Sequence uint32
	// At is when it was made, in Unix seconds, by a clock that the warden believes; 0 is unknown. It
	// only serves to tell how old the others are.
	At int64
	// Bytes are the item as it was made, at most MaxItem.
	Bytes []byte
}

// Buckets and keys of the file.
const (
	bucketItems   = "items"   // number, 8 bytes big endian -> kind, boot, sequence, age, bytes
	bucketMarks   = "marks"   // kind, boot -> highest sequence taken and when it was last used
	bucketRefused = "refused" // number -> age when refused, reason, and what was under items
	bucketState   = "state"   // the counters below, 8 bytes big endian each
	keyVersion    = "version"
	keyFirst      = "first"
	keyPut        = "put" // the highest number that was given
	keyAcked      = "acked"
	keyDropped    = "dropped"
	keyRefused    = "refused"
	keyKept       = "kept" // refused items that are in the file
	keyWaiting    = "waiting"
	keyBytes      = "bytes" // of the items that wait
	keyAge        = "age"   // seconds of the items' own time, see older
	keyClock      = "clock" // At of the newest item that had one
	keyTail       = "tail"  // SHA-256 of the newest record

	version  = 2
	nameSize = 1 + 16
	headSize = nameSize + 4 + 8
	// refusedHead is what stands before a refused item: its age and the reason.
	refusedHead = 8 + 1
	// maxMarks of kinds and boots whose highest sequence is remembered. The warden sends what it
	// has no receipt for at each start, so a few would do.
	maxMarks = 3 * 16
)

// fits tells whether a file has this layout, or nothing in it yet.
func fits(tx *bbolt.Tx) error {
	if k, _ := tx.Cursor().First(); k == nil {
		return nil
	}
	for _, name := range buckets() {
		if tx.Bucket([]byte(name)) == nil {
			return fmt.Errorf("queue: no %s in the file", name)
		}
	}
	if v := get(tx, keyVersion); v != version {
		return fmt.Errorf("queue: version %d of the file, want %d", v, version)
	}
	return nil
}

func buckets() []string { return []string{bucketItems, bucketMarks, bucketRefused, bucketState} }

// begin makes the buckets of a new file; to an old one nothing is written.
func (q *Queue) begin() error {
	isNew := false
	if err := q.view(func(tx *bbolt.Tx) error {
		isNew = tx.Bucket([]byte(bucketState)) == nil
		return nil
	}); err != nil || !isNew {
		return err
	}
	return q.update(func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		return errors.Join(set(tx, keyVersion, version), set(tx, keyFirst, q.opts.After), set(tx, keyPut, q.opts.After))
	})
}

// Put stores items in order, all or none, and returns when they are on disk. An item whose kind,
// boot and sequence, or a higher sequence of kind and boot, were taken before is passed over:
// sending again does no harm. stored says how many were new.
func (q *Queue) Put(items []Item) (stored int, err error) {
	for i := range items {
		if n := len(items[i].Bytes); n < 1 || n > MaxItem {
			return 0, fmt.Errorf("%w: %d bytes, want 1 to %d", ErrInvalid, n, MaxItem)
		}
		if k := items[i].Kind; k < Record || k > Envelope {
			return 0, fmt.Errorf("%w: kind %d, want %d to %d", ErrInvalid, k, Record, Envelope)
		}
	}
	err = q.update(func(tx *bbolt.Tx) error {
		stored = 0
		for i := range items {
			isNew, err := q.putOne(tx, &items[i])
			if err != nil {
				return err
			}
			if isNew {
				stored++
			}
		}
		if stored == 0 {
			return errSame
		}
		return q.drop(tx)
	})
	if err != nil {
		return 0, err
	}
	return stored, nil
}

// putOne stores one item unless its name was taken.
func (q *Queue) putOne(tx *bbolt.Tx, it *Item) (isNew bool, err error) {
	marks, items := tx.Bucket([]byte(bucketMarks)), tx.Bucket([]byte(bucketItems))
	value := make([]byte, 0, headSize+len(it.Bytes))
	value = append(append(value, byte(it.Kind)), it.Boot[:]...)
	name := value[:nameSize:nameSize]
	mark := marks.Get(name)
	if len(mark) == 12 && binary.BigEndian.Uint32(mark) >= it.Sequence {
		return false, nil
	}
	if err := older(tx, it.At); err != nil {
		return false, err
	}
	n := get(tx, keyPut) + 1
	if err := set(tx, keyPut, n); err != nil {
		return false, err
	}
	if err := marks.Put(name, binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, it.Sequence), n)); err != nil {
		return false, err
	}
	if mark == nil {
		if err := forget(marks); err != nil {
			return false, err
		}
	}
	items.FillPercent = 0.9 // keys only rise, so full pages are not split
	value = binary.BigEndian.AppendUint32(value, it.Sequence)
	value = binary.BigEndian.AppendUint64(value, get(tx, keyAge))
	value = append(value, it.Bytes...)
	if err := items.Put(binary.BigEndian.AppendUint64(nil, n), value); err != nil {
		return false, err
	}
	if it.Kind == Record {
		tail := sha256.Sum256(it.Bytes)
		if err := tx.Bucket([]byte(bucketState)).Put([]byte(keyTail), tail[:]); err != nil {
			return false, err
		}
	}
	return true, count(tx, it.Kind, 1, int64(len(value)))
}

// forget drops the mark that was used longest ago when there are too many.
func forget(marks *bbolt.Bucket) error {
	var oldest, when []byte
	n := 0
	if err := marks.ForEach(func(k, v []byte) error {
		if n++; when == nil || bytes.Compare(v[4:], when) < 0 {
			oldest, when = k, v[4:]
		}
		return nil
	}); err != nil || n <= maxMarks {
		return err
	}
	return marks.Delete(bytes.Clone(oldest))
}

// count adds to how many items wait, in all and of one kind, and to how many bytes they have.
func count(tx *bbolt.Tx, k Kind, items, bytes int64) error {
	return errors.Join(add(tx, keyWaiting, items), add(tx, kindKey(k), items), add(tx, keyBytes, bytes))
}

// kindKey counts the items of one kind that wait.
func kindKey(k Kind) string { return keyWaiting + string(rune('0'+k)) }

// get reads a counter; one that is not there yet is zero.
func get(tx *bbolt.Tx, key string) uint64 {
	if b := tx.Bucket([]byte(bucketState)).Get([]byte(key)); len(b) == 8 {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func set(tx *bbolt.Tx, key string, n uint64) error {
	return tx.Bucket([]byte(bucketState)).Put([]byte(key), binary.BigEndian.AppendUint64(nil, n))
}

// add never goes below zero.
func add(tx *bbolt.Tx, key string, n int64) error {
	if have := get(tx, key); n < 0 && have < uint64(-n) {
		n = -int64(have)
	}
	return set(tx, key, uint64(int64(get(tx, key))+n))
}
