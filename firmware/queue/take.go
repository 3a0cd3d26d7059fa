package queue

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

// Stats are the counters of the file since it was started.
type Stats struct {
	Put     uint64 // records ever stored
	Acked   uint64 // records somebody took receipt of
	Dropped uint64 // records pushed out because the queue was full
	Waiting uint64 // records in the queue now
	Size    int64  // bytes of the file
	// Tail is the SHA-256 of the newest record ever stored, also when it is gone by now.
	Tail [32]byte
}

// Peek gives up to n of the oldest items, oldest first, and leaves them in the queue.
func (q *Queue) Peek(n int) (items []Item, err error) {
	err = q.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket([]byte(bucketItems)).Cursor()
		for k, v := c.First(); k != nil && len(items) < n; k, v = c.Next() {
			it, err := item(k, v)
			if err != nil {
				return err
			}
			items = append(items, it)
		}
		return nil
	})
	return items, err
}

// Newest gives the newest item that waits.
func (q *Queue) Newest() (it Item, ok bool, err error) {
	err = q.db.View(func(tx *bbolt.Tx) error {
		k, v := tx.Bucket([]byte(bucketItems)).Cursor().Last()
		if k == nil {
			return nil
		}
		ok = true
		it, err = item(k, v)
		return err
	})
	return it, ok, err
}

// item copies an entry out of the map, which does not outlive the transaction.
func item(k, v []byte) (Item, error) {
	if len(k) != 8 || len(v) <= nameSize {
		return Item{}, fmt.Errorf("queue: entry with %d bytes of key and %d of value; run Check", len(k), len(v))
	}
	it := Item{Number: binary.BigEndian.Uint64(k), Sequence: binary.BigEndian.Uint32(v[16:])}
	copy(it.Boot[:], v)
	it.Bytes = bytes.Clone(v[nameSize:])
	return it, nil
}

// Ack frees every item up to and including number: somebody else has them now.
func (q *Queue) Ack(number uint64) error {
	return q.update(func(tx *bbolt.Tx) error {
		return remove(tx, keyAcked, func(_, n, _ uint64) bool { return n <= number })
	})
}

// Stats reads the counters.
func (q *Queue) Stats() (s Stats, err error) {
	err = q.db.View(func(tx *bbolt.Tx) error {
		s = Stats{Put: get(tx, keyPut), Acked: get(tx, keyAcked), Dropped: get(tx, keyDropped),
			Waiting: get(tx, keyWaiting), Size: tx.Size()}
		copy(s.Tail[:], tx.Bucket([]byte(bucketState)).Get([]byte(keyTail)))
		return nil
	})
	return s, err
}
