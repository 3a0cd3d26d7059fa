package queue

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// Stats are the counters of the file since it was started. Items are counted.
type Stats struct {
	Put     uint64 // ever stored
	Acked   uint64 // that somebody took receipt of
	Dropped uint64 // pushed out unsent, because the queue was full or they were too old
	Refused uint64 // that the other side will never take
	Kept    uint64 // refused ones that are still in the file
	Waiting uint64 // in the queue now
	Size    int64  // bytes of the file
	// First is where the numbers of this file began: those up to it were of an earlier file.
	First uint64
	Age   time.Duration // how long this file is in use, in time of the items
	// Tail is the SHA-256 of the newest record ever stored, also when it is gone by now.
	Tail [32]byte
}

// Done says what became of one item.
type Done struct {
	Number uint64
	// Refused sets the item aside instead of freeing it: it blocks nothing, and somebody may look.
	Refused bool
	Reason  uint8 // of a refused item, as privacy/batch has them
}

// Peek gives up to n of the oldest items, oldest first, and leaves them in the queue.
func (q *Queue) Peek(n int) ([]Item, error) { return q.Oldest(0, n, int(^uint(0)>>1)) }

// Oldest gives the oldest items with numbers above after, oldest first, at most n and at most so many
// bytes in all, and leaves them in the queue.
func (q *Queue) Oldest(after uint64, n, size int) (items []Item, err error) {
	err = q.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket([]byte(bucketItems)).Cursor()
		for k, v := c.Seek(binary.BigEndian.AppendUint64(nil, after+1)); k != nil && len(items) < n; k, v = c.Next() {
			it, err := item(k, v)
			if err != nil {
				return err
			}
			if size -= len(it.Bytes); size < 0 {
				return nil
			}
			items = append(items, it)
		}
		return nil
	})
	return items, err
}

// Newest gives the newest item that waits.
func (q *Queue) Newest() (it Item, ok bool, err error) {
	err = q.view(func(tx *bbolt.Tx) error {
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

// item copies an entry out of the map, which does not outlive the transaction. At is not kept.
func item(k, v []byte) (Item, error) {
	if len(k) != 8 || len(v) <= headSize {
		return Item{}, fmt.Errorf("queue: entry with %d bytes of key and %d of value; run Check", len(k), len(v))
	}
	it := Item{Number: binary.BigEndian.Uint64(k), Kind: Kind(v[0]), Sequence: binary.BigEndian.Uint32(v[nameSize:])}
	copy(it.Boot[:], v[1:])
	it.Bytes = bytes.Clone(v[headSize:])
	return it, nil
}

// Settle frees items that somebody else has now, and sets aside those that nobody will ever take, in
// one commit. An item that is not there any more is passed over. Only what the other side said
// about each item may be told here: there is no other way to free one.
func (q *Queue) Settle(done []Done) error {
	if len(done) == 0 {
		return nil
	}
	return q.update(func(tx *bbolt.Tx) error {
		items, here := tx.Bucket([]byte(bucketItems)), 0
		for _, d := range done {
			k := binary.BigEndian.AppendUint64(nil, d.Number)
			v := bytes.Clone(items.Get(k))
			if len(v) < headSize {
				continue
			}
			here++
			counter := keyAcked
			if d.Refused {
				counter = keyRefused
				if err := setRefused(tx, k, v, d.Reason); err != nil {
					return err
				}
			}
			if err := leave(tx, k, v, counter); err != nil {
				return err
			}
		}
		if here == 0 {
			return errSame
		}
		return expire(tx)
	})
}

// setRefused puts an item where nothing is sent from.
func setRefused(tx *bbolt.Tx, k, v []byte, reason uint8) error {
	head := append(binary.BigEndian.AppendUint64(nil, get(tx, keyAge)), reason)
	if err := tx.Bucket([]byte(bucketRefused)).Put(k, append(head, v...)); err != nil {
		return err
	}
	return add(tx, keyKept, 1)
}

// Refused gives the refused items that are kept, oldest first, with why.
func (q *Queue) Refused() (items []Item, why []Done, err error) {
	err = q.view(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(bucketRefused)).ForEach(func(k, v []byte) error {
			it, err := item(k, v[min(refusedHead, len(v)):])
			if err != nil {
				return err
			}
			items, why = append(items, it), append(why, Done{it.Number, true, v[8]})
			return nil
		})
	})
	return items, why, err
}

// Stats reads the counters.
func (q *Queue) Stats() (s Stats, err error) {
	err = q.view(func(tx *bbolt.Tx) error {
		first := get(tx, keyFirst)
		s = Stats{First: first, Put: get(tx, keyPut) - first, Age: time.Duration(get(tx, keyAge)) * time.Second, Acked: get(tx, keyAcked), Dropped: get(tx, keyDropped), Refused: get(tx, keyRefused),
			Kept: get(tx, keyKept), Waiting: get(tx, keyWaiting), Size: tx.Size()}
		copy(s.Tail[:], tx.Bucket([]byte(bucketState)).Get([]byte(keyTail)))
		return nil
	})
	return s, err
}
