package queue

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Item is one record on its way into or out of the queue.
type Item struct {
	// Number is the place in the queue, rising, given by Put. It is the key for Ack.
	Number uint64
	// Boot and Sequence name the record; the queue takes each name once.
	Boot     [16]byte
	Sequence uint32
	// Bytes are the record as it was made.
	Bytes []byte
}

// Buckets and keys of the file.
const (
	bucketItems = "items" // number, 8 bytes big endian -> boot, sequence, bytes
	bucketBoots = "boots" // boot -> highest sequence taken and when it was last used
	bucketState = "state" // the counters below, 8 bytes big endian each
	keyPut      = "put"
	keyAcked    = "acked"
	keyDropped  = "dropped"
	keyWaiting  = "waiting"
	keyBytes    = "bytes" // of the items that wait
	keyTail     = "tail"  // SHA-256 of the newest record

	nameSize = 16 + 4
	// maxBoots whose highest sequence is remembered: the warden sends one boot's records only.
	maxBoots = 16
)

// begin makes the buckets of a new file.
func (q *Queue) begin() error {
	return q.update(func(tx *bbolt.Tx) error {
		for _, name := range []string{bucketItems, bucketBoots, bucketState} {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Put stores items in order, all or none, and returns when they are on disk. An item whose boot
// and sequence, or a higher sequence of the boot, were taken before is passed over: sending again
// does no harm. stored says how many were new.
func (q *Queue) Put(items []Item) (stored int, err error) {
	for i := range items {
		if n := len(items[i].Bytes); n < 1 || n > MaxItem {
			return 0, fmt.Errorf("%w: %d bytes, want 1 to %d", ErrInvalid, n, MaxItem)
		}
	}
	put := func(tx *bbolt.Tx) error {
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
		// A third of the file for the items themselves leaves room for half-full pages and
		// for the copies that a transaction writes before it lets go of the old ones.
		over := get(tx, keyWaiting) - min(get(tx, keyWaiting), uint64(q.opts.MaxRecords))
		return remove(tx, keyDropped, func(n, _, left uint64) bool {
			return n < over || left > uint64(q.opts.MaxSize)/3
		})
	}
	err = q.update(put)
	if errors.Is(err, berrors.ErrMaxSizeReached) {
		err = fmt.Errorf("%w: %w of %d bytes", ErrNoRoom, err, q.opts.MaxSize)
	}
	if err != nil {
		return 0, err
	}
	return stored, nil
}

// putOne stores one item unless its name was taken.
func (q *Queue) putOne(tx *bbolt.Tx, it *Item) (isNew bool, err error) {
	boots, items := tx.Bucket([]byte(bucketBoots)), tx.Bucket([]byte(bucketItems))
	mark := boots.Get(it.Boot[:])
	if len(mark) == 12 && binary.BigEndian.Uint32(mark) >= it.Sequence {
		return false, nil
	}
	n := get(tx, keyPut) + 1
	if err := set(tx, keyPut, n); err != nil {
		return false, err
	}
	if err := boots.Put(it.Boot[:], binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, it.Sequence), n)); err != nil {
		return false, err
	}
	if mark == nil {
		if err := forget(boots); err != nil {
			return false, err
		}
	}
	items.FillPercent = 0.9 // keys only rise, so full pages are not split
	value := make([]byte, 0, nameSize+len(it.Bytes))
	value = append(value, it.Boot[:]...)
	value = binary.BigEndian.AppendUint32(value, it.Sequence)
	value = append(value, it.Bytes...)
	if err := items.Put(binary.BigEndian.AppendUint64(nil, n), value); err != nil {
		return false, err
	}
	tail := sha256.Sum256(it.Bytes)
	if err := tx.Bucket([]byte(bucketState)).Put([]byte(keyTail), tail[:]); err != nil {
		return false, err
	}
	if err := set(tx, keyBytes, get(tx, keyBytes)+uint64(len(value))); err != nil {
		return false, err
	}
	return true, set(tx, keyWaiting, get(tx, keyWaiting)+1)
}

// forget drops the boot that was used longest ago when there are too many.
func forget(boots *bbolt.Bucket) error {
	var oldest, when []byte
	n := 0
	if err := boots.ForEach(func(k, v []byte) error {
		if n++; when == nil || bytes.Compare(v[4:], when) < 0 {
			oldest, when = k, v[4:]
		}
		return nil
	}); err != nil || n <= maxBoots {
		return err
	}
	return boots.Delete(bytes.Clone(oldest))
}

// remove takes the oldest items out as long as more says so, told how many went, the number of the
// next and the bytes that are left, and adds them to the counter key.
func remove(tx *bbolt.Tx, key string, more func(n, number, left uint64) bool) error {
	c := tx.Bucket([]byte(bucketItems)).Cursor()
	gone, left := uint64(0), get(tx, keyBytes)
	for k, v := c.First(); len(k) == 8 && more(gone, binary.BigEndian.Uint64(k), left); k, v = c.First() {
		left -= min(left, uint64(len(v)))
		if err := c.Delete(); err != nil {
			return err
		}
		gone++
	}
	if gone == 0 {
		return nil
	}
	if err := set(tx, keyBytes, left); err != nil {
		return err
	}
	if err := set(tx, keyWaiting, get(tx, keyWaiting)-min(get(tx, keyWaiting), gone)); err != nil {
		return err
	}
	return set(tx, key, get(tx, key)+gone)
}

// update runs one transaction and puts its error into our words.
func (q *Queue) update(f func(*bbolt.Tx) error) error {
	err := q.db.Update(f)
	if err == nil || errors.Is(err, berrors.ErrMaxSizeReached) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("%w: %w; nothing stored before is lost", ErrNoRoom, err)
	}
	return fmt.Errorf("queue: %w", err)
}

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
